import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { Quarantine } from './quarantine';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

/** The quarantines of a worker process and of those that follow it. */
const workers = (count: number): Quarantine[] => {
  const prefix = `test-${randomUUID()}`;
  // No job here runs long enough to be cleared, not even after the test.
  return Array.from({ length: count }, () => new Quarantine(redis, prefix, 3_600_000));
};
/** Starts a job during which the process dies: it never ends. */
const dieOn = async (quarantine: Quarantine | undefined, job: string): Promise<void> => {
  await new Promise<void>((resolve) => {
    void quarantine?.run(job, () => {
      resolve();
      return new Promise(() => undefined);
    });
  });
};

describe('Quarantine', () => {
  it('rejects the job on which three workers have died', async () => {
    const [first, second, third, fourth] = workers(4);
    for (const worker of [first, second, third]) await dieOn(worker, 'job');
    await expect(fourth?.run('job', () => Promise.resolve('done'))).rejects.toMatchObject({
      kind: 'rejected',
      code: 'poison_job',
    });
  });

  it('removes the mark of a job that ends, whether it succeeds or fails', async () => {
    const all = workers(5);
    for (const worker of all.slice(0, 2)) await dieOn(worker, 'job');
    await expect(all[2]?.run('job', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await dieOn(all[3], 'job');
    expect(await all[4]?.run('job', () => Promise.resolve('done'))).toBe('done');
  });

  it('does not count a death against a job that only waited for its turn', async () => {
    const all = workers(4);
    for (const worker of all.slice(0, 3)) {
      await dieOn(worker, 'poison');
      void worker.run('waiting', () => Promise.resolve('never'));
    }
    const last = all[3];
    await expect(last?.run('poison', () => Promise.resolve('x'))).rejects.toMatchObject({
      code: 'poison_job',
    });
    expect(await last?.run('waiting', () => Promise.resolve('done'))).toBe('done');
  });

  it('clears a job that has run for a while, and starts the next one', async () => {
    const prefix = `test-${randomUUID()}`;
    for (let n = 0; n < 4; n++) {
      const worker = new Quarantine(redis, prefix, 50);
      // Both are waiting for an answer when the worker dies.
      void worker.run('first', () => new Promise(() => undefined));
      await dieOn(worker, 'second');
      await waitFor(async () => (await redis.get(`${prefix}:suspect:second`)) === '0', {
        what: 'the job to be cleared',
      });
    }
    const last = new Quarantine(redis, prefix);
    expect(await last.run('first', () => Promise.resolve('done'))).toBe('done');
  });
});
