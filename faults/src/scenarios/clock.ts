import type { Scenario } from '../scenario';

/** An hour ahead, an hour back, right again. */
const JUMPS = 3;

export const clockRows: readonly Scenario[] = [
  {
    name: 'clock-of-worker',
    async inject(play) {
      await play.times(3, async () => {
        for (let jump = 0; jump < JUMPS; jump++) {
          await play.messages(60);
          await play.fault('clock jump', () => play.stage.worker.jump());
        }
      });
    },
  },
  {
    /*
     * A webhook does not tell when its message was sent, it is ordered by when it came. So nobody's messages lie on both
     * sides of a jump, and none are told by Event Streams, whose times are of another clock.
     */
    name: 'clock-of-ingest',
    webhooksOnly: true,
    async inject(play) {
      await play.times(3, async () => {
        for (let jump = 0; jump < JUMPS; jump++) {
          await play.messages(60);
          await play.traffic.changePeople(() =>
            play.fault('clock jump', async () => {
              await Promise.all(play.stage.ingests.map((ingest) => ingest.jump()));
            }),
          );
        }
      });
    },
  },
];
