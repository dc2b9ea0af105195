import { Redis } from 'ioredis';
import { Ledger } from './ledger';
import { registerOrigin } from './origins';
import { SUBJECT, freshLedger, message } from './test-support/fresh-ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

describe('the notes on versions', () => {
  it('say when each was made and applied, by which build, and because of which message', async () => {
    const { prefix, ledger: reader } = freshLedger(redis);
    const [one, two] = [
      await registerOrigin(redis, prefix, { build: 'worker 1.0.0', config: 'aaaa' }),
      await registerOrigin(redis, prefix, { build: 'worker 1.1.0', config: 'aaaa' }),
    ];
    const before = await reader.now();
    await new Ledger(redis, { prefix, origin: one }).record(SUBJECT, message(1, 'stop', 0));
    expect((await reader.read(SUBJECT))?.versions[0]).not.toHaveProperty('appliedAt');
    const newer = new Ledger(redis, { prefix, origin: two });
    await newer.markApplied(SUBJECT, 1, { outcome: 'applied', people: ['a1'] });
    await newer.record(SUBJECT, message(2, 'start', 1_000));
    const after = await reader.now();

    const [first, second] = (await reader.read(SUBJECT))?.versions ?? [];
    expect(first).toMatchObject({ version: 1, writtenBy: one, appliedBy: two, cause: 'event' });
    expect(first?.messageSid).toBe(message(1, 'stop', 0).messageSid);
    expect(second).toMatchObject({ version: 2, writtenBy: two });
    for (const at of [first?.writtenAt, first?.appliedAt, second?.writtenAt]) {
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(after);
    }
    const origins = await reader.origins();
    expect([origins.get(one), origins.get(two)]).toEqual(['worker 1.0.0 aaaa', 'worker 1.1.0 aaaa']);
  });

  it('keep the time when a version was first applied', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, message(1, 'stop', 0));
    await ledger.markApplied(SUBJECT, 1, { outcome: 'applied', people: ['a1'] });
    const first = (await ledger.read(SUBJECT))?.versions;
    await ledger.markApplied(SUBJECT, 1, { outcome: 'applied', people: ['a1', 'a2'] });
    expect((await ledger.read(SUBJECT))?.versions).toEqual(first);
  });

  it('tell a version that a better time made from one that a message made', async () => {
    const { ledger } = freshLedger(redis);
    await ledger.record(SUBJECT, message(1, 'stop', -1_000, { source: 'event_stream' }));
    await ledger.record(SUBJECT, message(2, 'start', 0));
    await ledger.record(SUBJECT, message(2, 'start', -5_000, { source: 'event_stream' }));
    expect((await ledger.read(SUBJECT))?.versions.map(({ cause }) => cause)).toEqual([
      'event',
      'event',
      'correction',
    ]);
  });

  it('remain with as many versions as there are messages in the history', async () => {
    const { ledger, key } = freshLedger(redis);
    for (let n = 0; n < 100; n++) await ledger.record(SUBJECT, message(n, n % 2 ? 'start' : 'stop', n));
    expect((await ledger.readWhole(SUBJECT))?.versions.map(({ version }) => version)).toEqual(
      Array.from({ length: 100 }, (_, n) => n + 1),
    );
    expect(await redis.hlen(key)).toBeLessThan(110);
  });

  it('are missing for versions of an earlier release, which settle as before', async () => {
    const { ledger, key } = freshLedger(redis);
    await redis.hset(key, {
      v: '1',
      a: '0',
      t: '1',
      n: '1',
      's:MG1': '1 SM1',
      'm:SM1': 'stop w 1000 0 0 1 p 1',
    });
    await ledger.markApplied(SUBJECT, 1, { outcome: 'applied', people: ['a1'] });
    expect(await ledger.read(SUBJECT)).toMatchObject({ appliedVersion: 1, versions: [] });
  });
});
