import { randomUUID } from 'node:crypto';
import { Worker, type Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { type DeadLetter, openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { JobError, type ErrorCode, type InboundEvent } from '@optout-sync/shared/domain';
import {
  closeQueues,
  enqueueForward,
  enqueueInbound,
  enqueueReplay,
  type ForwardRequest,
} from '@optout-sync/shared/queues';
import { toDeadLetter, processJob, type JobKind } from '../runner/process-job';
import { Quarantine } from '../runner/quarantine';
import { saying } from '../test-support/worker-harness';
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
      runs: queues.runs,
      queues,
      events: { replayed: () => undefined, replayEnded: () => undefined },
      stopping: stopping.signal,
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

function work<Payload>(queue: Queue, kind: JobKind<Payload>, { prefix, redis, queues }: SetUp): void {
  const events = { jobFinished: () => undefined, jobFailed: () => undefined };
  const quarantine = new Quarantine(redis, prefix);
  const processor = processJob(queue.name, kind, { events, quarantine, runs: queues.runs });
  const worker = new Worker(queue.name, processor, { connection: redis, prefix });
  open.push(() => worker.close());
}

async function replayAll(queues: JobStores): Promise<void> {
  const run = await queues.runs.create({ filter: {}, by: 'a', why: 'b' });
  await enqueueReplay(queues, run.id);
  await waitFor(async () => (await queues.runs.get(run.id))?.endedAt !== undefined, { what: 'end of run' });
}

const REFUSED = new JobError('refused', 'x' as ErrorCode, 'x');

/** Fails the first time; just after its letter is filed, and before the job is gone, everything is replayed. */
function failingOnce<Payload>(queues: JobStores, undoneOf: (payload: Payload) => DeadLetter['undone']) {
  let tries = 0;
  const kind: JobKind<Payload> = {
    parse: (raw) => raw as Payload,
    run: () => (++tries === 1 ? Promise.reject(REFUSED) : Promise.resolve('done')),
    async giveUp(gaveUp) {
      await queues.deadLetters.put(toDeadLetter('record', gaveUp, undoneOf(gaveUp.payload as Payload)));
      await replayAll(queues);
    },
  };
  return { kind, tries: () => tries };
}

describe('a letter that is replayed before the job that left it has ended', () => {
  it('is not lost when it is a forward', async () => {
    const { prefix, redis, queues } = setUp();
    const request = {
      version: 1,
      id: 'SM1',
      target: 'http://127.0.0.1:1/',
      method: 'POST',
      query: '',
    } as const;
    const { kind, tries } = failingOnce<ForwardRequest>(queues, (payload) => ({
      type: 'forward',
      request: payload,
    }));
    work(queues.forwards, kind, { prefix, redis, queues });
    await enqueueForward(queues, { ...request, headers: {}, body: '' });
    await waitFor(() => tries() === 2, { what: 'the replay' });
    expect((await queues.deadLetters.size()).count).toBe(0);
  });

  it('is not lost when it is an event whose replay failed again', async () => {
    const { prefix, redis, queues } = setUp();
    const { kind, tries } = failingOnce<InboundEvent>(queues, (event) => ({ type: 'event', event }));
    const [{ inbound }] = queues.shards;
    work(inbound, kind, { prefix, redis, queues });
    await enqueueInbound(queues, saying('+14155550123'), { lane: 'background', run: 'run-1' });
    await waitFor(() => tries() === 2, { what: 'the replay' });
    expect((await queues.deadLetters.size()).count).toBe(0);
  });
});
