import { randomUUID } from 'node:crypto';
import { Worker, type Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { type DeadLetter, openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { JobError, type InboundEvent } from '@optout-sync/shared/domain';
import {
  closeQueues,
  enqueueForward,
  enqueueInbound,
  enqueueReplay,
  type ForwardRequest,
} from '@optout-sync/shared/queues';
import { toDeadLetter, type JobKind } from '../runner/job-kind';
import { processJob } from '../runner/process-job';
import { Quarantine } from '../runner/quarantine';
import { inboundEvent } from '../test-support/worker-harness';
import { replayJob } from './replay-job';

const url = process.env.TEST_REDIS_URL ?? '';
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function setUp() {
  const prefix = `test-${randomUUID()}`;
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const queues = openJobStores(redis, prefix);
  open.push(
    () => {
      redis.disconnect();
      return Promise.resolve();
    },
    () => closeQueues(queues),
  );
  const stopping = new AbortController();
  const replays = new Worker(
    'replays',
    replayJob({
      queues,
      workspaceOf: () => 'default',
      workspaces: new Set(['default']),
      telemetry: {
        replayed: () => undefined,
        replayEnded: () => undefined,
        replayUnserved: () => undefined,
        jobFailed: () => undefined,
      },
      stopping: stopping.signal,
      hasDestination: () => true,
    }),
    { connection: redis, prefix },
  );
  open.push(() => {
    stopping.abort();
    return replays.close();
  });
  return { prefix, redis, queues };
}
type SetUp = ReturnType<typeof setUp>;

function consume<Payload>(queue: Queue, kind: JobKind<Payload>, { prefix, redis, queues }: SetUp): void {
  const telemetry = { jobFinished: () => undefined, jobFailed: () => undefined };
  const quarantine = new Quarantine(redis, prefix);
  const processor = processJob(queue.name, kind, { telemetry, quarantine, queues });
  const worker = new Worker(queue.name, processor, { connection: redis, prefix });
  open.push(() => worker.close());
}

async function replayAll(queues: JobStores): Promise<void> {
  const run = await queues.runs.create({ filter: {}, by: 'a', why: 'b' });
  await enqueueReplay(queues, run.id);
  await waitFor(async () => (await queues.runs.get(run.id))?.endedAt !== undefined, {
    what: 'the end of the run',
  });
}

const REJECTED = new JobError('rejected', 'internal_error', 'x');

/** Fails at the first attempt. Everything is replayed after its dead letter is stored and before the job ends. */
function failingOnce<Payload>(queues: JobStores, toPayload: (job: Payload) => DeadLetter['undone']) {
  let attempts = 0;
  const kind: JobKind<Payload> = {
    parse: (raw) => raw as Payload,
    run: () => (++attempts === 1 ? Promise.reject(REJECTED) : Promise.resolve('done')),
    async onExhausted(job) {
      await queues.deadLetters.put(toDeadLetter('record', job, toPayload(job.payload as Payload)));
      await replayAll(queues);
    },
  };
  return { kind, attempts: () => attempts };
}

describe('a dead letter that is replayed before its job has ended', () => {
  it('is not lost when it holds a forward', async () => {
    const { prefix, redis, queues } = setUp();
    const request = {
      version: 1,
      id: 'SM1',
      target: 'http://127.0.0.1:1/',
      method: 'POST',
      query: '',
    } as const;
    const { kind, attempts } = failingOnce<ForwardRequest>(queues, (payload) => ({
      type: 'forward',
      request: payload,
    }));
    consume(queues.forwards, kind, { prefix, redis, queues });
    await enqueueForward(queues, { ...request, headers: {}, body: '' });
    await waitFor(() => attempts() === 2, { what: 'the replay' });
    expect((await queues.deadLetters.size()).count).toBe(0);
  });

  it('is not lost when it holds an event whose replay fails again', async () => {
    const { prefix, redis, queues } = setUp();
    const { kind, attempts } = failingOnce<InboundEvent>(queues, (event) => ({ type: 'event', event }));
    const { inbound } = queues;
    consume(inbound, kind, { prefix, redis, queues });
    await enqueueInbound(queues, inboundEvent('+14155550123'), { lane: 'background', run: 'run-1' });
    await waitFor(() => attempts() === 2, { what: 'the replay' });
    expect((await queues.deadLetters.size()).count).toBe(0);
  });
});
