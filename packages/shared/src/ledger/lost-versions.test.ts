import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { stop } from '../test-support/stops';
import { DestinationStore } from './destination-store';
import { ledgerKey } from './keys';
import { Ledger } from './ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const subject: Subject = { workspace: 'default', channel: 'sms', phone: stop(1).phone };
const NATIVE = [{ name: 'native', toPeople: true }] as const;
const APPLIED = { outcome: 'applied', people: ['c1'] } as const;
const WRITTEN = { appliedVersion: 0, people: [] };

let ledger: Ledger;
let destinations: DestinationStore;
let key: string;
beforeEach(() => {
  const options = { prefix: `test-${randomUUID()}` };
  ledger = new Ledger(redis, options);
  destinations = new DestinationStore(redis, options);
  key = ledgerKey(options.prefix, subject);
});

/** Records the nth message, by default a STOP to a sender of its own, which makes a version. */
const record = (n: number, changes: Parameters<typeof stop>[1] = {}) =>
  ledger.record(subject, stop(n, { phone: subject.phone, sender: `MG${String(n)}`, ...changes }));
const entry = () => ledger.read(subject);

/** Loses what is written meanwhile, as a failover to a replica that lags does. */
async function losing(work: () => Promise<unknown>): Promise<void> {
  const stored = await redis.hgetall(key);
  await work();
  await redis.del(key);
  if (Object.keys(stored).length > 0) await redis.hset(key, stored);
}

describe('a version that Redis lost after a job read it', () => {
  it('leaves no entry, and the message that is recorded again waits for its sync', async () => {
    await losing(() => record(1));
    expect(await ledger.markApplied(subject, 1, APPLIED, NATIVE)).toEqual({ needsSync: false, settled: [] });
    await ledger.markEarly(subject, 1);
    await destinations.markWritten(subject, 'native', { appliedVersion: 1, people: ['c1'] }, WRITTEN);
    await destinations.restart(subject, 'native');
    expect(await redis.exists(key)).toBe(0);
    expect(await record(1)).toMatchObject({ result: 'recorded', version: 1, needsSync: true });
  });

  it('gives no outcome to the message before it, which its sync writes', async () => {
    await record(1);
    await losing(() => record(2));
    expect(await ledger.markApplied(subject, 2, APPLIED)).toEqual({ needsSync: true, settled: [] });
    expect(await entry()).toMatchObject({ version: 1, appliedVersion: 0, history: [{ outcome: 'pending' }] });
  });

  it('is not what a destination holds, so that it gets what follows', async () => {
    await record(1);
    await ledger.markApplied(subject, 1, APPLIED, NATIVE);
    await losing(() => record(2));
    const written = { appliedVersion: 2, people: ['c1'] };
    expect(await destinations.markWritten(subject, 'native', written, WRITTEN)).toBe(true);
    expect((await entry())?.destinations).toMatchObject({ native: { appliedVersion: 0 } });
  });
});

describe('an entry in which an earlier release stored such a version as applied', () => {
  it('needs a sync for the next message, and its destinations get that', async () => {
    await redis.hset(key, { a: '2', p: 'c1', wa: '1', 'a:native': '2', 'p:native': 'c1' });
    expect(await record(1)).toMatchObject({ result: 'recorded', version: 1, needsSync: true });
    expect(await entry()).toMatchObject({
      appliedVersion: 0,
      destinations: { native: { appliedVersion: 0 } },
      history: [{ outcome: 'pending' }],
    });
    const { needsSync, settled } = await ledger.markApplied(subject, 1, APPLIED, NATIVE);
    expect([needsSync, settled.map(({ outcome }) => outcome)]).toEqual([false, ['applied']]);
  });

  it('needs a sync of its present version whatever the next message is', async () => {
    await record(1);
    await redis.hset(key, { a: '3', 'a:native': '3' });
    expect(await record(2, { kind: 'help' })).toMatchObject({ result: 'ignored', needsSync: true });
    expect(await entry()).toMatchObject({
      appliedVersion: 0,
      destinations: { native: { appliedVersion: 1 } },
    });
  });
});
