import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { isOptedOut } from '../domain/consent';
import type { InboundEvent } from '../domain/inbound-event';
import { E164 } from '../domain/phone';
import { Ledger } from './ledger';
import { expectedWord } from './test-support/reference-order';
import { anyDeliveries, inbound, permutations } from './test-support/deliveries';

jest.setTimeout(240_000);

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const subject = { workspace: 'default', channel: 'sms', phone: E164.parse('+14155550123') } as const;

/** Records the events in this order, and returns the deciding message and the start of the state of each sender. */
async function end(events: readonly InboundEvent[], rounds: number[] = []) {
  const ledger = new Ledger(redis, { prefix: `test-${randomUUID()}` });
  for (const [n, event] of events.entries()) {
    const { version } = await ledger.record(subject, event);
    if (rounds.includes(n))
      await ledger.markApplied(subject, version, { outcome: 'applied', people: ['a1'] });
  }
  const entry = await ledger.read(subject);
  return { entry, words: words(entry?.senders ?? []) };
}

const words = (senders: Iterable<[string, { state: string; messageSid: string; since: number }]>) =>
  Object.fromEntries(
    [...senders].map(([sender, { state, messageSid, since }]) => [
      sender,
      `${state} ${messageSid} since ${String(since)}`,
    ]),
  );

/** A blocked send that was reported twice, and whose earliest time is the same by both reports. */
const TWO_REPORTS_FROM_ONE_TIME = [
  { at: 2_500, earlier: 2_001 },
  { at: 999, earlier: 500 },
].map((times) => ({
  n: 12,
  kind: 'stop' as const,
  route: 'blocked' as const,
  source: 'status_callback' as const,
  sender: '+15005550006' as const,
  ...times,
}));

describe('the order of messages', () => {
  it('is that of the set: any three deliveries from any sources end alike in all orders', async () => {
    await fc.assert(
      fc.asyncProperty(anyDeliveries(3), async (deliveries) => {
        const expected = words(expectedWord(deliveries.map(inbound)));
        for (const order of permutations(deliveries)) {
          expect((await end(order.map(inbound))).words).toEqual(expected);
        }
      }),
      { numRuns: 250, examples: [[TWO_REPORTS_FROM_ONE_TIME]] },
    );
  });

  it('is that of the set for more deliveries, whenever Customer.io is brought up to date in between', async () => {
    const many = anyDeliveries(9).chain((all) =>
      fc.tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.array(fc.nat(8), { maxLength: 4 })),
    );
    await fc.assert(
      fc.asyncProperty(many, async ([deliveries, rounds]) => {
        const events = deliveries.map(inbound);
        const { entry, words: found } = await end(events, rounds);
        const expected = expectedWord(events);
        expect(found).toEqual(words(expected));
        for (const policy of ['any', 'last'] as const) {
          const held = isOptedOut([...(entry?.senders.values() ?? [])], policy);
          expect(held).toBe(isOptedOut([...expected.values()], policy));
        }
      }),
      { numRuns: 250 },
    );
  });
});
