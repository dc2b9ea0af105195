import type { JobKind } from './job-kind';
import { RecentJobs } from './recent-jobs';

const kind: JobKind<string> = {
  parse: String,
  run: (payload) => (payload === 'endless' ? new Promise(() => undefined) : Promise.resolve(payload)),
  onExhausted: () => Promise.resolve(),
};

describe('RecentJobs', () => {
  it('holds the running jobs and those that ended in the last 30 s, however they ended', async () => {
    let now = 0;
    const recentJobs = new RecentJobs(() => now);
    const requeue = jest.fn(() => Promise.resolve());
    const job = recentJobs.track(kind, requeue);
    const payloads = async (): Promise<unknown[]> => {
      requeue.mockClear();
      for (const requeueOne of recentJobs.all()) await requeueOne();
      return requeue.mock.calls.flat();
    };
    void job.run('endless', 'live');
    await job.run('old', 'live');
    now = 20_000;
    await job.run('new', 'live');
    await job.onExhausted({ failure: new Error() as never, attempts: [], payload: 'exhausted', raw: '' });
    expect(await payloads()).toEqual(['old', 'new', 'exhausted', 'endless']);
    now = 40_000;
    expect(await payloads()).toEqual(['new', 'exhausted', 'endless']);
    now = 60_000;
    expect(await payloads()).toEqual(['endless']);
  });

  it('holds the last 10,000 jobs that ended', async () => {
    const recentJobs = new RecentJobs(() => 0);
    const job = recentJobs.track(kind, () => Promise.resolve());
    for (let n = 0; n < 10_001; n++) await job.run('', 'live');
    expect(recentJobs.all()).toHaveLength(10_000);
  });
});
