import { Redis } from 'ioredis';
import { NOW, SUBJECT, freshLedger, message } from './test-support/fresh-ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const HOUR = 3_600_000;
const start = message(1, 'start', -5 * HOUR, { source: 'event_stream' });
const callback = message(2, 'stop', 0, { source: 'status_callback', orderAt: NOW - 10 * HOUR });
/** The same message in Twilio's log, which shows when it was made. */
const logged = message(2, 'stop', 60_000, { source: 'backfill', orderAt: NOW - HOUR });

describe('a better time', () => {
  it.each([
    ['later', [start, callback, logged]],
    ['earlier', [start, logged, callback]],
    ['first', [logged, callback, start]],
  ])('of a blocked send replaces the 10 hours, whether the callback comes %s', async (_, events) => {
    const { ledger } = freshLedger(redis);
    for (const event of events) await ledger.record(SUBJECT, event);
    const entry = await ledger.read(SUBJECT);
    expect(entry?.senders.get('MG1')).toMatchObject({ state: 'stopped', orderAt: NOW - HOUR + 999 });
    expect(entry?.history).toHaveLength(2);
  });

  it('moves a message to a later time too, where the clock of ingest was behind', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, message(1, 'stop', -HOUR));
    await ledger.record(SUBJECT, message(2, 'start', -1_000, { source: 'event_stream' }));
    const known = message(1, 'stop', 1_500, { source: 'event_stream' });
    expect(await ledger.record(SUBJECT, known)).toMatchObject({ result: 'duplicate', needsSync: true });
    expect((await ledger.read(SUBJECT))?.senders.get('MG1')).toMatchObject({
      state: 'stopped',
      orderAt: NOW + 1_500,
    });
  });

  it('is not that of an override', async () => {
    const { ledger } = freshLedger(redis);
    const override = message(1, 'stop', 0, { source: 'manual' });
    await ledger.record(SUBJECT, override);
    await ledger.record(SUBJECT, { ...override, source: 'backfill', occurredAt: NOW + HOUR });
    expect((await ledger.read(SUBJECT))?.history).toMatchObject([{ source: 'manual', orderAt: NOW }]);
  });
});

describe('a time ahead of the clock of Redis', () => {
  it('counts as now when it is ahead by more than a minute', async () => {
    const { ledger } = freshLedger(redis);
    const before = await ledger.now();
    const ahead = { occurredAt: before + HOUR, orderAt: before + HOUR - 1 };
    await ledger.record(SUBJECT, message(1, 'start', 0, { occurredAt: before + HOUR }));
    await ledger.record(SUBJECT, message(2, 'stop', 0, { ...ahead, source: 'status_callback' }));
    const after = await ledger.now();
    const entry = await ledger.read(SUBJECT);
    for (const { orderAt, occurredAt } of entry?.history ?? []) {
      expect(orderAt).toBeGreaterThanOrEqual(before);
      expect(orderAt).toBeLessThanOrEqual(after);
      expect(occurredAt).toBeLessThanOrEqual(after + 1);
    }
    expect(entry?.timestamp).toBeLessThanOrEqual(after / 1_000 + 2);
  });

  it('is taken as it is within a minute', async () => {
    const { ledger } = freshLedger(redis);
    const occurredAt = (await ledger.now()) + 30_000;
    await ledger.record(SUBJECT, message(1, 'stop', 0, { occurredAt }));
    expect((await ledger.read(SUBJECT))?.history[0]?.orderAt).toBe(occurredAt);
  });
});

describe('the start of an opt-out', () => {
  const since = async (...events: (readonly [number, 'stop' | 'start', number])[]) => {
    const { ledger } = freshLedger(redis);
    for (const event of events) await ledger.record(SUBJECT, message(...event));
    const at = (await ledger.read(SUBJECT))?.senders.get('MG1')?.since;
    return at === undefined ? undefined : at - NOW;
  };

  it('is the first STOP after the last START, and repeated ones do not move it', async () => {
    expect(await since([1, 'stop', 1])).toBe(1);
    expect(await since([1, 'stop', 1], [2, 'stop', 2], [3, 'stop', 3])).toBe(1);
    expect(await since([3, 'stop', 3], [2, 'stop', 2], [1, 'stop', 1])).toBe(1);
    expect(await since([1, 'stop', 1], [2, 'start', 2], [3, 'stop', 3], [4, 'stop', 4])).toBe(3);
  });

  it('moves behind a START that arrives late', async () => {
    expect(await since([1, 'stop', 1], [3, 'stop', 3], [4, 'stop', 4], [2, 'start', 2])).toBe(3);
  });

  it('ends with a START', async () => {
    expect(await since([1, 'stop', 1], [2, 'stop', 2], [3, 'start', 3])).toBe(3);
  });
});

describe('an entry of an earlier version', () => {
  it('keeps the order numbers of its rows', async () => {
    const { ledger, key } = freshLedger(redis);
    // A STOP of a backfill, ordered by the first ms of its second, decides.
    const old = {
      v: '1',
      a: '1',
      t: String(NOW / 1_000),
      n: '1',
      's:MG1': `1 SM1`,
      'm:SM1': `stop b ${String(NOW)} 0 0 1 a 1`,
    };
    await redis.hset(key, old);
    expect((await ledger.read(SUBJECT))?.senders.get('MG1')).toMatchObject({ orderAt: NOW, since: NOW });
    await ledger.record(SUBJECT, message(2, 'start', 500));
    const entry = await ledger.read(SUBJECT);
    expect(entry?.senders.get('MG1')?.state).toBe('started');
    expect(entry?.history.map(({ orderAt }) => orderAt)).toEqual([NOW, NOW + 500]);
  });
});
