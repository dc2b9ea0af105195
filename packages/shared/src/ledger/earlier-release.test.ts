import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import type { E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import type { Ledger } from './ledger';
import { EarlierLedger } from './test-support/earlier-release/earlier-ledger';
import { NOW, SUBJECT, freshLedger, message } from './test-support/fresh-ledger';
import { expectedWord } from './test-support/reference-order';

jest.setTimeout(120_000);

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

interface Both {
  readonly ledger: Ledger;
  readonly earlier: EarlierLedger;
  readonly prefix: string;
}

function both(): Both {
  const { ledger, prefix } = freshLedger(redis);
  return { ledger, prefix, earlier: new EarlierLedger(redis, prefix) };
}

const BY = ['earlier', 'present'] as const;
type By = (typeof BY)[number];

async function record({ ledger, earlier }: Both, by: By, event: InboundEvent): Promise<number> {
  const { version } = await (by === 'earlier' ? earlier : ledger).record(SUBJECT, event);
  return version;
}

async function apply({ ledger, earlier }: Both, by: By, version: number): Promise<void> {
  if (by === 'earlier') await earlier.markApplied(SUBJECT, version, ['a1']);
  else await ledger.markApplied(SUBJECT, version, { outcome: 'applied', people: ['a1'] });
}

type Senders = Iterable<[string, { state: string; messageSid: string; since: number }]>;
const decisions = (senders: Senders = []) =>
  Object.fromEntries([...senders].map(([name, { state, messageSid }]) => [name, [state, messageSid]]));
const starts = (senders: Senders = []) =>
  Object.fromEntries([...senders].map(([name, { state, since }]) => [name, [state, since]]));

/** Messages that both releases order alike: no YES, no time to the second, no blocked send. */
const steps = fc.array(
  fc.record({
    n: fc.nat(40),
    kind: fc.constantFrom('stop' as const, 'start' as const, 'help' as const),
    at: fc.nat(9_000).map((at) => at * 10 + 1),
    source: fc.constantFrom('webhook' as const, 'studio' as const),
    by: fc.constantFrom(...BY),
    appliedBy: fc.option(fc.constantFrom(...BY)),
  }),
  { minLength: 1, maxLength: 60 },
);
/** What a message is does not change when it is delivered again. */
const toEvent = (
  n: number,
  first: { kind: 'stop' | 'start' | 'help'; at: number; source: 'webhook' | 'studio' },
) => message(n, first.kind, first.at, { source: first.source, sender: n % 4 === 0 ? 'MG2' : 'MG1' });

describe('a worker of an earlier release beside one of this', () => {
  it('leaves the same deciding messages, each message once, and an entry that both settle', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const ledgers = both();
        const events: InboundEvent[] = [];
        let before = 0;
        for (const step of all) {
          const event = toEvent(step.n, all.find(({ n }) => n === step.n) ?? step);
          events.push(event);
          const version = await record(ledgers, step.by, event);
          expect(version).toBeGreaterThanOrEqual(before);
          before = version;
          if (step.appliedBy) await apply(ledgers, step.appliedBy, version);
        }
        await apply(ledgers, 'present', before);
        const entry = await ledgers.ledger.readWhole(SUBJECT);
        expect(decisions(entry?.senders)).toEqual(decisions(expectedWord(events)));
        const sids = entry?.history.map(({ messageSid }) => messageSid) ?? [];
        expect(sids.toSorted()).toEqual([...new Set(events.map(({ messageSid }) => messageSid))].sort());
        expect(entry?.history.filter(({ outcome }) => outcome === 'pending')).toEqual([]);

        // The earlier release stores no start of an opt-out. It is right again with the next message.
        const last = ['MG1', 'MG2'].map((sender, n) => message(90 + n, 'stop', 100_000, { sender }));
        for (const event of last) await record(ledgers, 'present', event);
        const after = await ledgers.ledger.read(SUBJECT);
        expect(starts(after?.senders)).toEqual(starts(expectedWord([...events, ...last])));
      }),
      { numRuns: 150 },
    );
  });

  it('is not believed about an opt-out that ended: the present one began after the START', async () => {
    const ledgers = both();
    await record(ledgers, 'present', message(1, 'stop', 1_000));
    await record(ledgers, 'present', message(2, 'stop', 2_000));
    await record(ledgers, 'earlier', message(3, 'start', 3_000));
    await record(ledgers, 'earlier', message(4, 'stop', 4_000));
    const since = async () => (await ledgers.ledger.read(SUBJECT))?.senders.get('MG1')?.since;
    expect(await since()).toBe(NOW + 4_000);
    await record(ledgers, 'earlier', message(5, 'stop', 5_000));
    expect(await since()).toBe(NOW + 4_000);
    await record(ledgers, 'present', message(6, 'stop', 6_000));
    expect(await since()).toBe(NOW + 4_000);
  });

  it('keeps what it does not know: the progress of optional destinations, reasons and notes on versions', async () => {
    const ledgers = both();
    const { ledger } = ledgers;
    await record(ledgers, 'present', message(1, 'stop', 1_000, { source: 'manual', reason: 'api' }));
    const destinations = [{ name: 'events', toPeople: false }] as const;
    await ledger.markApplied(SUBJECT, 1, { outcome: 'applied', people: ['a1'] }, destinations);
    const before = await ledger.read(SUBJECT);
    await apply(ledgers, 'earlier', await record(ledgers, 'earlier', message(2, 'start', 2_000)));
    const after = await ledger.read(SUBJECT);
    expect(before?.destinations).toEqual({ events: { appliedVersion: 0, people: undefined } });
    expect(after?.destinations).toEqual(before?.destinations);
    expect(after?.history[0]?.note).toEqual({ reason: 'api' });
    expect(after?.versions).toEqual(before?.versions);
    expect(after).toMatchObject({ version: 2, appliedVersion: 2 });
  });

  it('is not believed where all of it is of one second, and came in another order', async () => {
    const ledgers = both();
    await record(ledgers, 'present', message(3, 'stop', 1_130));
    await record(ledgers, 'present', message(1, 'stop', 1_000));
    await record(ledgers, 'earlier', message(2, 'start', 1_050));
    expect((await ledgers.ledger.read(SUBJECT))?.senders.get('MG1')?.since).toBe(NOW + 1_130);
  });

  it('leaves the first opt-out to be seen, which it repeated', async () => {
    const ledgers = both();
    for (const n of [1, 2, 3]) await record(ledgers, 'earlier', message(n, 'stop', n * 1_000));
    expect((await ledgers.ledger.read(SUBJECT))?.senders.get('MG1')).toMatchObject({ since: NOW + 1_000 });
  });

  it('records again, as older than what decides, a message that this release moved to the history', async () => {
    const ledgers = both();
    for (let n = 0; n < 100; n++) await record(ledgers, 'present', message(n, n % 2 ? 'start' : 'stop', n));
    for (const n of [2, 3]) await record(ledgers, 'earlier', message(n, n % 2 ? 'start' : 'stop', n));
    await record(ledgers, 'present', message(100, 'stop', 100));
    const entry = await ledgers.ledger.readWhole(SUBJECT);
    expect(entry?.history).toHaveLength(101);
    expect(entry?.senders.get('MG1')).toMatchObject({ state: 'stopped', since: NOW + 100 });
  });

  it('loses no message while the present release merges the entries that it writes under the other spelling', async () => {
    const ledgers = both();
    const own: Subject = { ...SUBJECT, phone: '+525512345678' as E164 };
    const other: Subject = { ...SUBJECT, phone: '+5215512345678' as E164 };
    const events = Array.from({ length: 60 }, (_, n) => message(n, n % 3 ? 'start' : 'stop', n * 1_000));
    const work = events.map(async (event, n) => {
      if (n % 2 === 0) await ledgers.earlier.record(other, event);
      else await ledgers.ledger.record(own, event);
    });
    await Promise.all(work);
    await ledgers.earlier.markApplied(other, 1, ['late']);
    await ledgers.ledger.mergeTwins(other);
    const entry = await ledgers.ledger.readWhole(own);
    expect(entry?.history.map(({ messageSid }) => messageSid).toSorted()).toEqual(
      events.map(({ messageSid }) => messageSid).sort(),
    );
    expect(decisions(entry?.senders)).toEqual(decisions(expectedWord(events)));
    expect(entry?.appliedVersion).toBeLessThan(entry?.version ?? 0);
    expect(await redis.keys(`${ledgers.prefix}:*${other.phone}*`)).toEqual([]);
  });
});
