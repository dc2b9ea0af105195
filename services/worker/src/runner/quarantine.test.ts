import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { Quarantine } from './quarantine';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

/** The quarantine of a worker process, and of those that come after it. */
const workers = (count: number): Quarantine[] => {
  const prefix = `test-${randomUUID()}`;
  // Nobody here lives long enough to be acquitted, also not after the test.
  return Array.from({ length: count }, () => new Quarantine(redis, prefix, 3_600_000));
};
/** A job during which the process dies: it never ends. */
const death = async (quarantine: Quarantine | undefined, job: string): Promise<void> => {
  await new Promise<void>((resolve) => {
    void quarantine?.run(job, () => {
      resolve();
      return new Promise(() => undefined);
    });
  });
};

describe('Quarantine', () => {
  it('gives up the job on which the third worker has died', async () => {
    const [first, second, third, fourth] = workers(4);
    for (const worker of [first, second, third]) await death(worker, 'job');
    await expect(fourth?.run('job', () => Promise.resolve('done'))).rejects.toMatchObject({
      kind: 'refused',
      code: 'poison_job',
    });
  });

  it('acquits whatever ends, well or badly', async () => {
    const all = workers(5);
    for (const worker of all.slice(0, 2)) await death(worker, 'job');
    await expect(all[2]?.run('job', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await death(all[3], 'job');
    expect(await all[4]?.run('job', () => Promise.resolve('done'))).toBe('done');
  });

  it('blames nobody who only waited for the turn', async () => {
    const all = workers(4);
    for (const worker of all.slice(0, 3)) {
      await death(worker, 'killer');
      void worker.run('bystander', () => Promise.resolve('never'));
    }
    const last = all[3];
    await expect(last?.run('killer', () => Promise.resolve('x'))).rejects.toMatchObject({
      code: 'poison_job',
    });
    expect(await last?.run('bystander', () => Promise.resolve('done'))).toBe('done');
  });

  it('acquits who has lived for a while, and lets the next one start', async () => {
    const prefix = `test-${randomUUID()}`;
    for (let n = 0; n < 4; n++) {
      const worker = new Quarantine(redis, prefix, 50);
      // Both wait for an answer when the worker dies.
      void worker.run('first', () => new Promise(() => undefined));
      await death(worker, 'second');
      await waitFor(async () => (await redis.get(`${prefix}:suspect:second`)) === '0', {
        what: 'the acquittal',
      });
    }
    const last = new Quarantine(redis, prefix);
    expect(await last.run('first', () => Promise.resolve('done'))).toBe('done');
  });
});
