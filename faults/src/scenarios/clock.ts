import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../runner/scenario';

/** An hour ahead, an hour back, right again. */
const JUMPS = 3;
/** Within this time a process has handled a signal: two that wait are one. */
const SIGNAL_MS = 200;

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
  {
    /*
     * The messages of a subscriber arrive at both ingests, one right and one an hour ahead. An hour behind is a known hole, so
     * the clock passes through it only while nothing is sent.
     */
    name: 'clock-of-one-ingest',
    fullOnly: true,
    webhooksOnly: true,
    async inject(context) {
      const [ingest] = context.environment.ingests;
      await context.repeat(3, async () => {
        await context.waitForMessages(60);
        await context.fault('clock jump', () => ingest.jumpClock());
        await context.waitForMessages(200);
        await context.workload.withNewSubscribers(async () => {
          await ingest.jumpClock();
          await delay(SIGNAL_MS);
          await ingest.jumpClock();
          await delay(SIGNAL_MS);
        });
      });
    },
  },
];
