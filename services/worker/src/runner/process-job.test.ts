import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { JobError, type ErrorCode, type JobErrorKind } from '@optout-sync/shared/domain';
import type { JobData } from '@optout-sync/shared/queues';
import { processJob, type ExhaustedJob } from './process-job';
import { Quarantine } from './quarantine';

const HOUR = 3_600_000;
const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

describe('runJob', () => {
  let queue: Queue<JobData<string>>;
  let worker: Worker;
  let gaveUp: ExhaustedJob<string>[];

  beforeEach(async () => {
    queue = new Queue(`test-${randomUUID()}`, { connection: redis });
    await queue.waitUntilReady();
    gaveUp = [];
  });
  afterEach(async () => {
    await worker.close();
    await queue.obliterate({ force: true });
    await queue.close();
  });

  function work(run: () => Promise<string>): void {
    const kind = {
      parse: String,
      run,
      giveUp: (one: ExhaustedJob<string>) => {
        gaveUp.push(one);
        return Promise.resolve();
      },
    };
    const events = { jobFinished: () => undefined, jobFailed: () => undefined };
    const quarantine = new Quarantine(redis, queue.name);
    const runs = { recordOutcome: () => Promise.resolve() };
    const processor = processJob(queue.name, kind, { events, quarantine, runs });
    worker = new Worker(queue.name, processor, { connection: redis });
    worker.on('error', () => undefined);
  }
  const failing = (kind: JobErrorKind) => () =>
    Promise.reject(new JobError(kind, `it_was_${kind}` as ErrorCode, 'x', { status: 500 }));
  const dataOf = async (id: string | undefined): Promise<JobData<string> | undefined> =>
    (await queue.getJob(id ?? ''))?.data;

  it('keeps every failed try with its time, code and status', async () => {
    work(failing('transient'));
    const { id } = await queue.add('job', { payload: 'p' });
    const data = await waitFor(async () => ((await dataOf(id))?.failures ? dataOf(id) : undefined), {
      what: 'a try',
    });
    expect(data.failures?.[0]).toMatchObject({ code: 'it_was_transient', status: 500 });
    expect(data.transientSince).toBe(data.failures?.[0]?.at);
    expect(gaveUp).toEqual([]);
  });

  it('counts no try that the stopping of a worker cut short, so that restarts cost no wait', async () => {
    let starts = 0;
    work(() => (++starts <= 20 ? failing('interrupted')() : Promise.resolve('done')));
    await queue.add('job', { payload: 'p' });
    await waitFor(() => starts === 21, { what: 'the 21st start' });
    expect(gaveUp).toEqual([]);
  });

  it('gives up what has failed in a passing way for 24 hours', async () => {
    work(failing('transient'));
    const since = Date.now() - 25 * HOUR;
    await queue.add('job', { payload: 'p', failures: [{ at: since, code: 'x' }], transientSince: since });
    await waitFor(() => gaveUp.length === 1, { what: 'the job to be given up' });
    expect(gaveUp[0]).toMatchObject({
      payload: 'p',
      attempts: [{ code: 'x' }, { code: 'it_was_transient' }],
    });
  });

  it('counts no hours in which a key was wrong', async () => {
    work(failing('transient'));
    const { id } = await queue.add('job', {
      payload: 'p',
      failures: [{ at: Date.now() - 25 * HOUR, code: 'customerio_unauthorized', status: 401 }],
    });
    await waitFor(async () => (await dataOf(id))?.failures?.length === 2, { what: 'the try' });
    expect(gaveUp).toEqual([]);
  });

  it('starts the hours anew after a wrong key', async () => {
    work(failing('misconfigured'));
    const { id } = await queue.add('job', { payload: 'p', transientSince: Date.now() - 23 * HOUR });
    await waitFor(async () => (await dataOf(id))?.failures?.length === 1, { what: 'the try' });
    expect((await dataOf(id))?.transientSince).toBeUndefined();
  });
});
