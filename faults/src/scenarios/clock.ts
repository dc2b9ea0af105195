import type { Scenario } from '../runner/scenario';

/** An hour ahead, an hour back, right again. */
const JUMPS = 3;

export const clockScenarios: readonly Scenario[] = [
  {
    name: 'clock-of-worker',
    async inject(context) {
      await context.repeat(3, async () => {
        for (let jump = 0; jump < JUMPS; jump++) {
          await context.waitForMessages(60);
          await context.fault('clock jump', () => context.environment.worker.jumpClock());
        }
      });
    },
  },
  {
    /*
     * A webhook does not carry the time its message was sent: the message is ordered by its arrival. Therefore no subscriber
     * has messages on both sides of a jump, and Event Streams, whose times are of another clock, deliver none of them.
     */
    name: 'clock-of-ingest',
    webhooksOnly: true,
    async inject(context) {
      await context.repeat(3, async () => {
        for (let jump = 0; jump < JUMPS; jump++) {
          await context.waitForMessages(60);
          await context.workload.withNewSubscribers(() =>
            context.fault('clock jump', async () => {
              await Promise.all(context.environment.ingests.map((ingest) => ingest.jumpClock()));
            }),
          );
        }
      });
    },
  },
];
