import type { JobKind } from './job-kind';
import { RecentJobs, type RecentJob } from './recent-jobs';

function setUp(now: () => number = () => 0) {
  const running = new Map<string, () => void>();
  const kind: JobKind<string> = {
    parse: String,
    run: (payload) =>
      payload.startsWith('slow')
        ? new Promise((resolve) =>
            running.set(payload, () => {
              resolve(payload);
            }),
          )
        : Promise.resolve(payload),
    onExhausted: () => Promise.resolve(),
  };
  const recentJobs = new RecentJobs(now);
  const requeued: RecentJob<string>[] = [];
  const job = recentJobs.track(kind, (one) => {
    requeued.push(one);
    return Promise.resolve();
  });
  const take = async (): Promise<string[]> => {
    requeued.length = 0;
    for (const requeue of recentJobs.take()) await requeue();
    return requeued.map(({ payload }) => payload);
  };
  return { kind, recentJobs, job, requeued, take, running };
}

const runningJob = (id: string) => ({
  id,
  data: { payload: undefined },
  isRepeated: false,
  attempt: 1,
  waitedMs: 0,
});

describe('RecentJobs', () => {
  it('returns the running jobs and those that ended in the last 30 s, however they ended', async () => {
    let now = 0;
    const { job, take } = setUp(() => now);
    void job.run('slow', 'live', runningJob('1'));
    await job.run('old', 'live', runningJob('2'));
    now = 20_000;
    await job.run('new', 'live', runningJob('3'));
    const failure = new Error() as never;
    await job.onExhausted({ failure, attempts: [], payload: 'exhausted', raw: '', jobId: '4', lane: 'live' });
    now = 40_000;
    expect(await take()).toEqual(['new', 'exhausted', 'slow']);
  });

  it('returns each job once, also one that ends after it was taken', async () => {
    const { job, take, running } = setUp();
    const slow = job.run('slow', 'live', runningJob('1'));
    await job.run('quick', 'live', runningJob('2'));
    expect(await take()).toEqual(['quick', 'slow']);
    running.get('slow')?.();
    await slow;
    expect(await take()).toEqual([]);
  });

  it('does not return repetitions', async () => {
    const { job, requeued, take } = setUp();
    await job.run('first', 'live', runningJob('SM1-stop-webhook'));
    await take();
    await job.run('first', 'live', runningJob(requeued[0]!.repetitionId));
    expect(await take()).toEqual([]);
  });

  it('repeats a job in its lane, under one id', async () => {
    const { job, requeued, take } = setUp();
    await job.run('a', 'live', runningJob('1'));
    await job.run('b', 'background', runningJob('2'));
    await take();
    expect(requeued).toEqual([
      { payload: 'a', lane: 'live', repetitionId: '1-again' },
      { payload: 'b', lane: 'background', repetitionId: '2-again' },
    ]);
  });

  it('holds the last 10,000 jobs that ended', async () => {
    const { job, recentJobs } = setUp();
    for (let n = 0; n < 10_001; n++) await job.run('', 'live', runningJob(String(n)));
    expect(recentJobs.take()).toHaveLength(10_000);
  });

  it('holds the last jobs with 10,000 events together', async () => {
    const { kind, recentJobs } = setUp();
    const batches = recentJobs.track(
      kind,
      () => Promise.resolve(),
      () => 50,
    );
    for (let n = 0; n < 250; n++) await batches.run('', 'live', runningJob(String(n)));
    expect(recentJobs.take()).toHaveLength(200);
    await batches.run('', 'live', runningJob('later'));
    expect(recentJobs.take()).toHaveLength(1);
  });
});
