import { randomUUID } from 'node:crypto';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { closeQueues, enqueueReplay } from '@optout-sync/shared/queues';
import { RETRY_HORIZON_MS, UNSUPPORTED_DELAY_MS } from '../domain/retry-policy';
import { inboundEvent } from '../test-support/worker-harness';
import { replayJob } from './replay-job';

const DAYS_90 = 90 * 86_400_000;

describe('a replay run of a newer version', () => {
  let redis: Redis;
  let queues: JobStores;
  let worker: Worker;
  let prefix: string;
  let failures: string[];

  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
    redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
    queues = openJobStores(redis, prefix);
    failures = [];
  });
  afterEach(async () => {
    await worker.close();
    await closeQueues(queues);
    redis.disconnect();
  });

  function startWorker(): void {
    const telemetry = {
      replayed: () => undefined,
      replayEnded: () => undefined,
      replayUnserved: () => undefined,
      jobFailed: (_: string, { code }: { code: string }, next: string) =>
        void failures.push(`${code} ${next}`),
    };
    const job = replayJob({
      queues,
      telemetry,
      workspaceOf: () => 'default',
      workspaces: new Set(['default']),
      hasDestination: () => true,
      stopping: new AbortController().signal,
    });
    worker = new Worker('replays', job, { connection: redis, prefix });
    worker.on('error', () => undefined);
  }
  async function putDeadLetter(): Promise<void> {
    await queues.deadLetters.put({
      version: 1,
      stage: 'record',
      code: 'internal_error',
      message: 'x',
      undone: { type: 'event', event: inboundEvent('+14155550151') },
      attempts: [],
      firstFailedAt: 1,
      lastFailedAt: 1,
    });
  }
  /** What a newer command writes: a filter with one more term. */
  async function createNewerRun(): Promise<string> {
    const run = await queues.runs.create({ filter: {}, by: 'Ann', why: 'x' });
    await redis.hset(`${prefix}:{dlq}:run:${run.id}`, 'filter', JSON.stringify({ channel: 'whatsapp' }));
    return run.id;
  }

  it('waits for a worker that knows its filter, and replays nothing meanwhile', async () => {
    await putDeadLetter();
    const run = await createNewerRun();
    await enqueueReplay(queues, run);
    startWorker();
    const job = await waitFor(async () => (await queues.replays.getDelayed())[0], {
      what: 'the delayed job',
    });
    expect(job.delay).toBeGreaterThan(UNSUPPORTED_DELAY_MS / 2);
    expect(failures).toEqual(['replay_version_unknown retry']);
    expect((await queues.deadLetters.size()).count).toBe(1);
    expect(await queues.runs.list(10)).toEqual([]);
    // The newer worker.
    await redis.hset(`${prefix}:{dlq}:run:${run}`, 'filter', '{}');
    await job.promote();
    await waitFor(async () => (await queues.runs.get(run))?.state === 'finished', {
      what: 'the end of the run',
    });
    expect((await queues.deadLetters.size()).count).toBe(0);
  });

  it('waits likewise for a higher version of the request', async () => {
    await queues.replays.add('replay', { version: 2, run: 'run-1' } as never, { jobId: 'run-1' });
    startWorker();
    await waitFor(async () => (await queues.replays.getDelayedCount()) === 1, { what: 'the delayed job' });
    expect(failures).toEqual(['replay_version_unknown retry']);
  });

  it('is cancelled after 24 hours; its dead letters stay', async () => {
    await putDeadLetter();
    const run = await createNewerRun();
    const timestamp = Date.now() - RETRY_HORIZON_MS - 1_000;
    await queues.replays.add('replay', { run }, { jobId: run, timestamp });
    startWorker();
    await waitFor(async () => (await redis.hget(`${prefix}:{dlq}:run:${run}`, 'state')) === 'cancelled', {
      what: 'the cancelled run',
    });
    expect(failures).toEqual(['replay_version_unknown dead_letter']);
    expect((await queues.deadLetters.size()).count).toBe(1);
    expect(await redis.pttl(`${prefix}:{dlq}:run:${run}`)).toBeLessThanOrEqual(DAYS_90);
  });

  it.each([{}, { run: 5 }, null])(
    'ends at once where the request is %j, which no version has',
    async (data) => {
      await queues.replays.add('replay', data as never, { jobId: 'odd' });
      startWorker();
      await waitFor(() => failures.length === 1, { what: 'the failure' });
      expect(failures).toEqual(['replay_invalid dead_letter']);
      await waitFor(
        async () =>
          (await queues.replays.getJob('odd')) === undefined || (await queues.replays.count()) === 0,
        {
          what: 'the end of the job',
        },
      );
    },
  );
});
