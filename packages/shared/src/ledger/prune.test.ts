import fc from 'fast-check';
import { Redis } from 'ioredis';
import { isOptedOut } from '../domain/consent';
import type { InboundEvent } from '../domain/inbound-event';
import { MessageSid } from '../domain/twilio-ids';
import type { Ledger } from './ledger';
import type { LedgerEntry } from './ledger-entry';
import { anyDeliveries, inbound, type Delivery } from './test-support/deliveries';
import { NOW, SUBJECT, freshLedger, message } from './test-support/fresh-ledger';

jest.setTimeout(240_000);

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

/** What decides, since when, and what follows from it. */
function decisions(entry: LedgerEntry | undefined): unknown {
  const consents = [...(entry?.senders ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    words: consents.map(([sender, { state, messageSid, since, reason }]) => [
      sender,
      state,
      messageSid,
      since,
      reason,
    ]),
    optedOut: (['any', 'last'] as const).map((policy) =>
      isOptedOut([...(entry?.senders.values() ?? [])], policy),
    ),
    timestamp: entry?.timestamp,
    versions: [entry?.version, entry?.appliedVersion],
  };
}

async function applyAll(ledger: Ledger): Promise<void> {
  const entry = await ledger.read(SUBJECT);
  if (entry) await ledger.markApplied(SUBJECT, entry.version, { outcome: 'applied', people: ['a1'] });
}

/** Received when it was sent. */
const early = (delivery: Delivery): InboundEvent => {
  const event = inbound(delivery);
  return { ...event, receivedAt: event.occurredAt };
};
/** Another message, sent so many ms later. */
const later = (delivery: Delivery, by: number): InboundEvent => {
  const event = inbound({ ...delivery, n: delivery.n + 100 });
  return {
    ...event,
    occurredAt: event.occurredAt + by,
    receivedAt: event.occurredAt + by,
    ...(event.orderAt !== undefined && { orderAt: event.orderAt + by }),
  };
};

/** No message is ordered so many ms before its time. */
const EARLIEST = 2_001;

describe('messages that are older than the retention', () => {
  it('decide the same after they were pruned, and so does every newer message', async () => {
    const histories = fc.record({
      before: anyDeliveries(12),
      after: anyDeliveries(5),
      cutoff: fc.nat(4_000),
      isApplied: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(histories, async ({ before, after, cutoff, isApplied }) => {
        const [whole, pruned] = [freshLedger(redis).ledger, freshLedger(redis).ledger];
        for (const ledger of [whole, pruned]) {
          for (const delivery of before) await ledger.record(SUBJECT, early(delivery));
          if (isApplied) await applyAll(ledger);
        }
        await pruned.prune(SUBJECT, NOW + cutoff);
        expect(decisions(await pruned.read(SUBJECT))).toEqual(decisions(await whole.read(SUBJECT)));
        for (const delivery of after) {
          for (const ledger of [whole, pruned]) {
            await ledger.record(SUBJECT, later(delivery, cutoff + EARLIEST));
            await applyAll(ledger);
          }
          await pruned.prune(SUBJECT, NOW + cutoff);
          expect(decisions(await pruned.readWhole(SUBJECT))).toEqual(
            decisions(await whole.readWhole(SUBJECT)),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are removed from the entry and its history, but for a handful', async () => {
    const { ledger } = freshLedger(redis);
    for (let n = 0; n < 100; n += 1) {
      await ledger.record(SUBJECT, message(n, n % 2 === 0 ? 'start' : 'stop', n * 1_000));
      await applyAll(ledger);
    }
    const before = await ledger.read(SUBJECT);
    expect(before?.hasHistory).toBe(true);
    const removed = await ledger.prune(SUBJECT, NOW + 1_000_000);
    const after = await ledger.readWhole(SUBJECT);
    expect(after?.history.map(({ kind }) => kind)).toEqual(['start', 'stop']);
    expect(after?.pruned?.count).toBe(removed);
    expect(removed).toBe(98);
    expect(after?.versions.map(({ version }) => version)).toEqual([99, 100]);
    expect(await ledger.prune(SUBJECT, NOW + 1_000_000)).toBe(0);
  });

  it('stay where they are the evidence of an opt-out in force, however old it is', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, message(1, 'stop', 0, { reason: 'api' }));
    await applyAll(ledger);
    for (let n = 2; n < 60; n += 1) await ledger.record(SUBJECT, message(n, 'stop', n * 1_000));
    await ledger.prune(SUBJECT, NOW + 1_000_000);
    const entry = await ledger.read(SUBJECT);
    expect(entry?.senders.get('MG1')).toMatchObject({ state: 'stopped', since: NOW });
    expect(entry?.history.map(({ occurredAt, note }) => [occurredAt, note?.reason])).toEqual([
      [NOW, 'api'],
      [NOW + 59_000, undefined],
    ]);
  });

  it('stay where Twilio confirmed what the person said: the block alone would not show who spoke', async () => {
    const { ledger } = freshLedger(redis);
    const blocked = (n: number, at: number) =>
      message(n, 'stop', at, { source: 'status_callback', orderAt: NOW + at - 500 });
    for (const event of [
      blocked(1, 1_000),
      message(2, 'stop', 2_000),
      message(3, 'stop', 3_000),
      blocked(4, 9_000),
    ]) {
      await ledger.record(SUBJECT, event);
      await applyAll(ledger);
    }
    const reason = async () => (await ledger.read(SUBJECT))?.senders.get('MG1')?.reason;
    expect(await reason()).toBe('message');
    expect(await ledger.prune(SUBJECT, NOW + 1_000_000)).toBe(1);
    expect(await reason()).toBe('message');
  });

  it('stay where an opt-in by hand ended an earlier opt-out, also if the present one is by hand', async () => {
    const { ledger } = freshLedger(redis);
    const byHand = { source: 'manual' } as const;
    for (const event of [
      message(1, 'stop', 0, { source: 'status_callback', orderAt: NOW - 500 }),
      message(2, 'start', 1_000, byHand),
      message(3, 'stop', 2_000),
      message(4, 'stop', 3_000, byHand),
    ]) {
      await ledger.record(SUBJECT, event);
      await applyAll(ledger);
    }
    await ledger.prune(SUBJECT, NOW + 1_000_000);
    await ledger.record(SUBJECT, message(5, 'stop', 2_000_000));
    expect((await ledger.readWhole(SUBJECT))?.senders.get('MG1')?.since).toBe(NOW + 2_000);
  });

  it('stay while they wait for Customer.io or an operator, and where one was received since', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, message(1, 'stop', 0));
    await ledger.record(SUBJECT, message(2, 'help', 0));
    await ledger.record(SUBJECT, message(3, 'help', 0, { receivedAt: NOW + 10_000 }));
    await ledger.prune(SUBJECT, NOW + 5_000);
    const sids = (await ledger.read(SUBJECT))?.history.map(({ messageSid }) => messageSid);
    expect(sids?.sort()).toEqual(
      [1, 3].map((n) => MessageSid.parse(`SM${n.toString(16).padStart(32, '0')}`)),
    );
  });
});
