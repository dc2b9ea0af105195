import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { Scenario } from '../runner/scenario';

const DEAD_LETTERS = 100_000;
/** Few enough to leave Redis and the machine to the messages. */
const AT_ONCE = 50;

/** 100,000 dead letters that an outage of days has left, counted, listed and discarded under load. */
export const deadLetterScenario: Scenario = {
  name: 'dead-letters-100000',
  fullOnly: true,
  async inject(context) {
    const { deadLetters } = context.environment.system.queues;
    const count = Math.max(AT_ONCE, Math.round(DEAD_LETTERS * Math.min(1, context.scale)));
    await context.waitForMessages(40);
    await context.fault('dead letters', async () => {
      for (let n = 0; n < count; n += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, m) => deadLetters.put(deadLetter(n + m))));
      }
    });
    await context.waitForRecovery();
    await context.waitForMessages(200);
    await context.waitForRecovery();
    const { count: counted } = await deadLetters.count({}, { exact: true });
    if (counted !== count) throw new Error(`${String(counted)} of ${String(count)} dead letters are counted`);
    await context.fault('discard', () => deadLetters.discard({}));
    await context.waitForMessages(40);
  },
};

function deadLetter(n: number): DeadLetter {
  return {
    version: 1,
    stage: 'forward',
    code: 'forward_refused',
    message: 'the target answered 410',
    undone: { type: 'raw', data: { version: 1, id: `SM${String(n)}`, body: 'x'.repeat(300) } },
    attempts: [{ at: n + 1, code: 'forward_refused', status: 410 }],
    firstFailedAt: n + 1,
    lastFailedAt: n + 1,
  };
}
