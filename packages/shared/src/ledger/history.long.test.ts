import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import type { Ledger } from './ledger';
import { anyDeliveries, inbound } from './test-support/deliveries';
import { NOW, SUBJECT, freshLedger, message } from './test-support/fresh-ledger';
import { expectedWord } from './test-support/reference-order';

jest.setTimeout(120_000);

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const flips = (n: number): InboundEvent => message(n, n % 2 ? 'start' : 'stop', n);

async function recordAll(ledger: Ledger, from: number, to: number, eventOf: (n: number) => InboundEvent) {
  for (let n = from; n < to; n++) await ledger.record(SUBJECT, eventOf(n));
}

/** The state of each sender, since when, and the message that decides. */
function statesOf(senders: Iterable<[string, { state: string; messageSid: string; since: number }]>) {
  return Object.fromEntries(
    [...senders].map(([name, { state, messageSid, since }]) => [name, [state, messageSid, since]]),
  );
}

/** Redis' own time for a command, in µs, over `count` calls by `work`. */
async function microsecondsOf(command: string, count: number, work: () => Promise<void>): Promise<number> {
  await redis.config('RESETSTAT');
  await work();
  const stats = await redis.info('commandstats');
  const total = new RegExp(`^cmdstat_${command}:calls=\\d+,usec=(\\d+)`, 'm').exec(stats)?.[1];
  return Number(total) / count;
}

describe('the history of a phone', () => {
  it('has all messages up to 1,000, of which the entry itself has few', async () => {
    const { ledger, key } = freshLedger(redis);
    await recordAll(ledger, 0, 300, (n) => message(n, 'help', n));
    expect((await ledger.readWhole(SUBJECT))?.history).toHaveLength(300);
    expect(await redis.hlen(key)).toBeLessThan(80);
    expect((await ledger.readWhole(SUBJECT))?.pruned).toBeUndefined();
  });

  it('recognises an old message that is delivered again, and finds it', async () => {
    const { ledger } = freshLedger(redis);
    await recordAll(ledger, 0, 150, flips);
    expect(await ledger.record(SUBJECT, flips(3))).toMatchObject({ result: 'duplicate' });
    expect(await ledger.find(SUBJECT, flips(3).messageSid)).toMatchObject({
      kind: 'start',
      outcome: 'stale',
    });
    expect(await ledger.find(SUBJECT, flips(149).messageSid)).toMatchObject({ outcome: 'pending' });
    expect(await ledger.find(SUBJECT, flips(900).messageSid)).toBeUndefined();
    expect((await ledger.readWhole(SUBJECT))?.history).toHaveLength(150);
  });

  it('is bounded while Customer.io is away, and has no pending message but those that decide', async () => {
    const { ledger, key } = freshLedger(redis);
    await recordAll(ledger, 0, 1_400, flips);
    const whole = await ledger.readWhole(SUBJECT);
    expect(whole?.history.length).toBeGreaterThanOrEqual(1_000);
    expect(whole?.history.length).toBeLessThan(1_200);
    expect(whole?.pruned?.count).toBe(1_400 - (whole?.history.length ?? 0));
    expect(whole?.history.filter(({ outcome }) => outcome === 'pending')).toHaveLength(1);
    expect(await redis.hlen(key)).toBeLessThan(100);
  });

  it('loses messages that made no version first', async () => {
    const { ledger } = freshLedger(redis);
    for (let n = 0; n < 400; n++) {
      const { version } = await ledger.record(SUBJECT, flips(n));
      await ledger.markApplied(SUBJECT, version, { outcome: 'applied', people: ['a1'] });
      await ledger.record(SUBJECT, message(10_000 + n, 'help', n));
      await ledger.record(SUBJECT, message(20_000 + n, 'stop', -1 - n));
    }
    const whole = await ledger.readWhole(SUBJECT);
    expect(whole?.pruned?.count).toBeGreaterThan(0);
    expect(whole?.history.filter(({ outcome }) => outcome === 'applied')).toHaveLength(400);
  });

  it('does not hide what decides: START of a quiet sender, and since when another is stopped', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, message(1, 'start', 1, { sender: 'MG-quiet' }));
    await recordAll(ledger, 10, 200, (n) => message(n, 'stop', n));
    const entry = await ledger.read(SUBJECT);
    expect(entry?.senders.get('MG-quiet')).toMatchObject({ state: 'started', orderAt: NOW + 1 });
    expect(entry?.senders.get('MG1')).toMatchObject({
      state: 'stopped',
      orderAt: NOW + 199,
      since: NOW + 10,
    });
  });

  it('decides as the whole set, however many messages are between, and in whatever order they arrive', async () => {
    await fc.assert(
      fc.asyncProperty(anyDeliveries(8), fc.nat(7), fc.boolean(), async (deliveries, at, early) => {
        const { ledger } = freshLedger(redis);
        const filler = Array.from({ length: 70 }, (_, n) =>
          message(100 + n, early ? 'stop' : 'help', early ? n - 10_000 : 1_500, {
            sender: 'MG1',
            messagingServiceSid: 'MG1',
          }),
        );
        const events = deliveries.map(inbound);
        const all = [...events.slice(0, at), ...filler, ...events.slice(at)];
        for (const event of all) await ledger.record(SUBJECT, event);
        const found = await ledger.read(SUBJECT);
        expect(statesOf(found?.senders ?? [])).toEqual(statesOf(expectedWord(all)));
      }),
      { numRuns: 150 },
    );
  });

  it('decides as the whole set where late messages fall among many older ones', async () => {
    const filler = fc.array(
      fc.record({
        kind: fc.constantFrom('stop' as const, 'start' as const, 'yes' as const, 'help' as const),
        at: fc.nat(3_400),
        sender: fc.constantFrom('MG1' as const, 'MG1' as const, '+15005550006' as const),
        route: fc.constant('message' as const),
        source: fc.constant('webhook' as const),
        earlier: fc.constant(0),
      }),
      { minLength: 45, maxLength: 90 },
    );
    await fc.assert(
      fc.asyncProperty(
        filler,
        fc.constantFrom(3, 8),
        fc.gen(),
        fc.boolean(),
        async (some, kinds, gen, ascending) => {
          const { ledger } = freshLedger(redis);
          const ordered = ascending ? some.toSorted((a, b) => a.at - b.at) : some;
          // Few opt-ins or many: what a late message changes depends on the latest one before it.
          const fillers = ordered.map((one, n) =>
            inbound({ ...one, n: 100 + n, kind: n % kinds === 0 ? one.kind : 'stop' }),
          );
          const all = [...fillers, ...gen(anyDeliveries, 8).map(inbound)];
          for (const event of all) await ledger.record(SUBJECT, event);
          const found = await ledger.read(SUBJECT);
          expect(statesOf(found?.senders ?? [])).toEqual(statesOf(expectedWord(all)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('costs Redis no more with 3,000 messages than with 300, to record and to settle', async () => {
    const { ledger } = freshLedger(redis);
    const some = (from: number) => async () => {
      for (let n = from; n < from + 100; n++) {
        const { version } = await ledger.record(SUBJECT, flips(n));
        await ledger.markApplied(SUBJECT, version, { outcome: 'applied', people: ['a1'] });
      }
    };
    await recordAll(ledger, 0, 300, flips);
    const short = await microsecondsOf('evalsha', 200, some(300));
    await recordAll(ledger, 400, 3_000, flips);
    const long = await microsecondsOf('evalsha', 200, some(3_000));
    expect(long).toBeLessThan(short * 3);
  });

  it.each([
    ['that a backfill reads, the newest first', (n: number) => message(n, 'stop', -n)],
    ['that it ignores', (n: number) => message(n, 'help', -n)],
    [
      'that report a blocked send',
      (n: number) => message(n, 'stop', n, { source: 'status_callback', orderAt: NOW + n - 36_000_000 }),
    ],
    [
      'that come by a second route',
      (n: number) => message(n - 10_200, n % 2 ? 'start' : 'stop', n - 10_201, { source: 'event_stream' }),
    ],
  ])('is not read for late messages %s', async (_, late) => {
    const { ledger, key } = freshLedger(redis);
    await recordAll(ledger, 0, 300, flips);
    // Whoever reads the whole history fails.
    await redis.hset(key.replace(':ledger:', ':history:'), 'm:SM1', 'no row');
    const yes = message(9_999, 'start', 1, { keyword: 'YES' });
    await expect(ledger.record(SUBJECT, yes)).rejects.toThrow();
    await recordAll(ledger, 10_300, 10_400, late);
    expect((await ledger.read(SUBJECT))?.senders.get('MG1')).toMatchObject({ since: NOW + 299 });
  });
});
