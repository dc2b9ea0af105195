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
    // The messages of a person arrive on both sides of each jump, and Event Streams bring the times of another clock.
    name: 'clock-of-ingest',
    async inject(context) {
      await context.repeat(3, async () => {
        for (let jump = 0; jump < JUMPS; jump++) {
          await context.waitForMessages(60);
          await context.fault('clock jump', async () => {
            await Promise.all(context.environment.ingests.map((ingest) => ingest.jumpClock()));
          });
        }
      });
    },
  },
  {
    // The messages of a person arrive at both ingests, one right and one an hour ahead, then an hour behind.
    name: 'clock-of-one-ingest',
    fullOnly: true,
    webhooksOnly: true,
    async inject(context) {
      const [ingest] = context.environment.ingests;
      await context.repeat(3, async () => {
        for (let jump = 0; jump < JUMPS; jump++) {
          await context.waitForMessages(jump === JUMPS - 1 ? 60 : 200);
          await context.fault('clock jump', () => ingest.jumpClock());
        }
      });
    },
  },
];
