import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { JobKind } from './job-kind';
import { RecentJobs } from './recent-jobs';
import { rerunAfterFailover } from './rerun-after-failover';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const kind: JobKind<string> = {
  parse: String,
  run: (payload) => Promise.resolve(payload),
  onExhausted: () => Promise.resolve(),
};

const runningJob = (id: string) => ({
  id,
  data: { payload: undefined },
  isRepeated: false,
  attempt: 1,
  waitedMs: 0,
});

describe('rerunAfterFailover', () => {
  it('requeues recent jobs once Redis is back, until each requeue succeeds', async () => {
    const connection = new Redis(process.env.TEST_REDIS_URL ?? '');
    connection.on('error', () => undefined);
    await connection.ping();
    const stopping = new AbortController();
    const recentJobs = new RecentJobs();
    const counts: number[] = [];
    rerunAfterFailover(connection, recentJobs, stopping.signal, {
      jobsRequeued: (jobs) => counts.push(jobs),
    });
    const requeued: string[] = [];
    let rejections = 1;
    const job = recentJobs.track(kind, ({ payload }) => {
      if (payload === 'second' && rejections-- > 0) return Promise.reject(new Error('READONLY'));
      requeued.push(payload);
      return Promise.resolve();
    });
    await job.run('first', 'live', runningJob('1'));
    await job.run('second', 'live', runningJob('2'));
    expect(requeued).toEqual([]);
    await redis.client('KILL', 'ID', await connection.client('ID'));
    await waitFor(() => requeued.length === 2, { what: 'both jobs to be requeued' });
    expect(requeued).toEqual(['first', 'second']);
    expect(counts).toEqual([1, 1]);
    stopping.abort();
    connection.disconnect();
  });
});
