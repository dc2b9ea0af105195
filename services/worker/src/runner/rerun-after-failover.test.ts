import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { JobKind } from './process-job';
import { RecentJobs } from './recent-jobs';
import { rerunAfterFailover } from './rerun-after-failover';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const kind: JobKind<string> = {
  parse: String,
  run: (word) => (word === 'endless' ? new Promise(() => undefined) : Promise.resolve(word)),
  giveUp: () => Promise.resolve(),
};

describe('Lately', () => {
  it('knows what is at work, and what ended in the last 30 s, in whatever way', async () => {
    let now = 0;
    const lately = new RecentJobs(() => now);
    const again = jest.fn(() => Promise.resolve());
    const job = lately.remembering(kind, again);
    const words = async (): Promise<unknown[]> => {
      again.mockClear();
      for (const one of lately.all()) await one();
      return again.mock.calls.flat();
    };
    void job.run('endless', 'live');
    await job.run('old', 'live');
    now = 20_000;
    await job.run('new', 'live');
    await job.giveUp({ failure: new Error() as never, attempts: [], payload: 'given up', raw: '' });
    expect(await words()).toEqual(['old', 'new', 'given up', 'endless']);
    now = 40_000;
    expect(await words()).toEqual(['new', 'given up', 'endless']);
    now = 60_000;
    expect(await words()).toEqual(['endless']);
  });

  it('keeps the last 10,000 that ended', async () => {
    const lately = new RecentJobs(() => 0);
    const job = lately.remembering(kind, () => Promise.resolve());
    for (let n = 0; n < 10_001; n++) await job.run('', 'live');
    expect(lately.all()).toHaveLength(10_000);
  });
});

describe('redoAfterLoss', () => {
  it('asks for the jobs of that time again once Redis is back, until each could be asked for', async () => {
    const connection = new Redis(process.env.TEST_REDIS_URL ?? '');
    connection.on('error', () => undefined);
    await connection.ping();
    const stopping = new AbortController();
    const lately = new RecentJobs();
    const told: number[] = [];
    rerunAfterFailover(connection, lately, stopping.signal, (jobs) => told.push(jobs));
    const asked: string[] = [];
    let refusals = 1;
    const job = lately.remembering(kind, (word) => {
      if (word === 'second' && refusals-- > 0) return Promise.reject(new Error('READONLY'));
      asked.push(word);
      return Promise.resolve();
    });
    await job.run('first', 'live');
    await job.run('second', 'live');
    expect(asked).toEqual([]);
    await redis.client('KILL', 'ID', await connection.client('ID'));
    await waitFor(() => asked.length === 2, { what: 'both jobs to be asked for' });
    expect(asked).toEqual(['first', 'second']);
    expect(told).toEqual([1, 1]);
    stopping.abort();
    connection.disconnect();
  });
});
