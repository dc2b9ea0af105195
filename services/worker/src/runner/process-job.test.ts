import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { JobError, type ErrorCode, type JobErrorKind } from '@optout-sync/shared/domain';
import type { JobData } from '@optout-sync/shared/queues';
import type { ExhaustedJob } from './job-kind';
import { processJob } from './process-job';
import { Quarantine } from './quarantine';

const HOUR = 3_600_000;
const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

describe('processJob', () => {
  let queue: Queue<JobData<string>>;
  let worker: Worker;
  let exhausted: ExhaustedJob<string>[];

  beforeEach(async () => {
    queue = new Queue(`test-${randomUUID()}`, { connection: redis });
    await queue.waitUntilReady();
    exhausted = [];
  });
  afterEach(async () => {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
  });

  function consume(
    run: () => Promise<string>,
    isSuperseded: () => Promise<boolean> = () => Promise.resolve(false),
  ): void {
    const kind = {
      parse: String,
      run,
      isSuperseded,
      onExhausted: (job: ExhaustedJob<string>) => {
        exhausted.push(job);
        return Promise.resolve();
      },
    };
    const telemetry = { jobFinished: () => undefined, jobFailed: () => undefined };
    const quarantine = new Quarantine(redis, queue.name);
    const queues = { runs: { recordOutcomes: () => Promise.resolve() } };
    const processor = processJob(queue.name, kind, { telemetry, quarantine, queues });
    worker = new Worker(queue.name, processor, { connection: redis });
    worker.on('error', () => undefined);
  }
  const failing = (kind: JobErrorKind) => () =>
    Promise.reject(new JobError(kind, `it_was_${kind}` as ErrorCode, 'x', { status: 500 }));
  const dataOf = async (id: string | undefined): Promise<JobData<string> | undefined> =>
    (await queue.getJob(id ?? ''))?.data;

  it('ends a failed job that a live request follows, instead of delaying it', async () => {
    consume(failing('transient'), () => Promise.resolve(true));
    const { id } = await queue.add('job', { payload: 'p' });
    await waitFor(async () => (await queue.getJob(id ?? ''))?.returnvalue === 'superseded', {
      what: 'the end of the job',
    });
    expect(exhausted).toEqual([]);
  });

  it('runs a delayed job at once when the live request came while it was being delayed', async () => {
    let checks = 0;
    let runs = 0;
    const run = (): Promise<string> =>
      ++runs === 1
        ? Promise.reject(new JobError('transient', 'internal_error', 'x', { retryAfterMs: 120_000 }))
        : Promise.resolve('done');
    consume(run, () => Promise.resolve(++checks === 2));
    const { id } = await queue.add('job', { payload: 'p' });
    await waitFor(async () => (await queue.getJob(id ?? ''))?.returnvalue === 'done', { what: 'the job' });
  });

  it('stores every failed attempt with its time, code and status', async () => {
    consume(failing('transient'));
    const { id } = await queue.add('job', { payload: 'p' });
    const data = await waitFor(async () => ((await dataOf(id))?.failures ? dataOf(id) : undefined), {
      what: 'an attempt',
    });
    expect(data.failures?.[0]).toMatchObject({ code: 'it_was_transient', status: 500 });
    expect(data.transientSince).toBe(data.failures?.[0]?.at);
    expect(exhausted).toEqual([]);
  });

  it('does not count an attempt that a stopping worker interrupts, so that restarts cause no backoff', async () => {
    let starts = 0;
    consume(() => (++starts <= 20 ? failing('aborted')() : Promise.resolve('done')));
    await queue.add('job', { payload: 'p' });
    await waitFor(() => starts === 21, { what: 'the 21st start' });
    expect(exhausted).toEqual([]);
  });

  it('exhausts a job that has failed with transient errors for 24 hours', async () => {
    consume(failing('transient'));
    const since = Date.now() - 25 * HOUR;
    await queue.add('job', { payload: 'p', failures: [{ at: since, code: 'x' }], transientSince: since });
    await waitFor(() => exhausted.length === 1, { what: 'the job to be exhausted' });
    expect(exhausted[0]).toMatchObject({
      payload: 'p',
      attempts: [{ code: 'x' }, { code: 'it_was_transient' }],
    });
  });

  it('does not count the hours during which a key was wrong', async () => {
    consume(failing('transient'));
    const { id } = await queue.add('job', {
      payload: 'p',
      failures: [{ at: Date.now() - 25 * HOUR, code: 'customerio_unauthorized', status: 401 }],
    });
    await waitFor(async () => (await dataOf(id))?.failures?.length === 2, { what: 'the attempt' });
    expect(exhausted).toEqual([]);
  });

  it('does not restart the 24 hours at a wrong key', async () => {
    consume(failing('misconfigured'));
    const since = Date.now() - 23 * HOUR;
    const { id } = await queue.add('job', { payload: 'p', transientSince: since });
    await waitFor(async () => (await dataOf(id))?.failures?.length === 1, { what: 'the attempt' });
    expect((await dataOf(id))?.transientSince).toBe(since);
  });

  it('does not restart the retry horizon after an outage, and leaves the outage out of it', async () => {
    consume(failing('outage'));
    const at = Date.now() - HOUR;
    const { id } = await queue.add('job', {
      payload: 'p',
      failures: [{ at, code: 'x' }],
      transientSince: at - 5 * HOUR,
    });
    await waitFor(async () => (await dataOf(id))?.failures?.length === 2, { what: 'the attempt' });
    const data = await dataOf(id);
    expect((data?.failures?.[1]?.at ?? 0) - (data?.transientSince ?? 0)).toBe(5 * HOUR);
  });
});
