import { randomUUID } from 'node:crypto';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import {
  type DeadLetter,
  type DeadLetterFilter,
  type ReplayRun,
  openJobStores,
  type JobStores,
} from '@optout-sync/shared/dead-letters';
import { InboundEvent } from '@optout-sync/shared/domain';
import { closeQueues, enqueueReplay, itemsOf, type JobData } from '@optout-sync/shared/queues';
import { inboundEvent } from '../test-support/worker-harness';
import { replayJob, resumeRuns } from './replay-job';
import { requeue } from './requeue';

const url = process.env.TEST_REDIS_URL ?? '';
const NOW = 1_772_013_598_000;
const AUTHOR = { by: 'Ann', why: 'corrected' };

describe('a replay run', () => {
  let redis: Redis;
  let queues: JobStores;
  let prefix: string;
  let workers: Worker[];
  let stopping: AbortController;

  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
    redis = new Redis(url, { maxRetriesPerRequest: null });
    queues = openJobStores(redis, prefix);
    workers = [];
    stopping = new AbortController();
  });
  afterEach(async () => {
    stopping.abort();
    await Promise.all(workers.map((worker) => worker.close()));
    await closeQueues(queues);
    redis.disconnect();
  });

  const context = () => ({
    queues,
    workspaceOf: (account: string) => (account === 'AC-unserved' ? undefined : 'default'),
    workspaces: new Set(['default']),
    hasDestination: (workspace: string) => workspace === 'default',
  });

  /** Starts a worker that processes runs only: the jobs that it enqueues stay in their queues. */
  function startWorker(): void {
    const telemetry = {
      replayed: () => undefined,
      replayEnded: () => undefined,
      replayUnserved: () => undefined,
      jobFailed: () => undefined,
    };
    const job = replayJob({ ...context(), telemetry, stopping: stopping.signal });
    const worker = new Worker('replays', job, { connection: redis, prefix, concurrency: 5 });
    worker.on('error', () => undefined);
    workers.push(worker);
  }
  async function start(filter: DeadLetterFilter, rate?: number): Promise<ReplayRun> {
    const run = await queues.runs.create({ filter, rate, ...AUTHOR });
    await enqueueReplay(queues, run.id);
    return run;
  }
  const ended = ({ id }: ReplayRun): Promise<ReplayRun> =>
    waitFor(
      async () => {
        const run = await queues.runs.get(id);
        return run?.endedAt === undefined ? undefined : run;
      },
      { what: `the end of ${id}` },
    );

  let phones = 0;
  function deadLetter(given: Partial<DeadLetter> = {}): DeadLetter {
    const at = given.lastFailedAt ?? NOW;
    return {
      version: 1,
      stage: 'record',
      code: 'internal_error',
      message: 'x',
      undone: { type: 'event', event: inboundEvent(`+1415${String(5_600_000 + phones++)}`) },
      attempts: [{ at, code: 'internal_error' }],
      firstFailedAt: at,
      lastFailedAt: at,
      ...given,
    };
  }
  async function putDeadLetters(count: number): Promise<DeadLetter[]> {
    const deadLetters = Array.from({ length: count }, () => deadLetter());
    await Promise.all(deadLetters.map((each) => queues.deadLetters.put(each)));
    return deadLetters;
  }
  /** How often each event is enqueued from now on, by MessageSid. */
  function countEnqueues(): Map<string, number> {
    const counts = new Map<string, number>();
    const count = (data: JobData<unknown>): void => {
      for (const { raw } of itemsOf(data)) {
        const { messageSid } = InboundEvent.parse(raw);
        counts.set(messageSid, (counts.get(messageSid) ?? 0) + 1);
      }
    };
    const { inbound } = queues;
    const [add, addBulk] = [inbound.add.bind(inbound), inbound.addBulk.bind(inbound)];
    jest.spyOn(inbound, 'add').mockImplementation((name, data, opts) => {
      count(data);
      return add(name, data, opts);
    });
    jest.spyOn(inbound, 'addBulk').mockImplementation((jobs) => {
      for (const { data } of jobs) count(data);
      return addBulk(jobs);
    });
    return counts;
  }
  const queuedEvents = async (): Promise<unknown[]> =>
    (await queues.inbound.getJobs(['prioritized'])).flatMap(({ data }) =>
      itemsOf(data).map(({ raw }) => raw),
    );

  it('requeues every dead letter that matches, behind live traffic, and removes it', async () => {
    const deadLetters = await putDeadLetters(250);
    const other = await queues.deadLetters.put(deadLetter({ code: 'other' }));
    startWorker();
    const run = await ended(await start({ code: 'internal_error' }));
    expect(run).toMatchObject({ state: 'finished', total: 250, done: 250, failed: 0, skipped: 0, ...AUTHOR });
    const sidsOf = (events: unknown[]) => events.map((event) => InboundEvent.parse(event).messageSid).sort();
    expect(sidsOf(await queuedEvents())).toEqual(
      sidsOf(deadLetters.map(({ undone }) => (undone.type === 'event' ? undone.event : undefined))),
    );
    const jobs = await queues.inbound.getJobs(['prioritized']);
    expect(jobs.every(({ data }) => data.run === run.id)).toBe(true);
    expect(await queues.deadLetters.count()).toEqual({ count: 1, exact: true });
    expect(await queues.deadLetters.get(other)).not.toHaveProperty('run');
  });

  it('leaves one that is damaged, says why, and replays the others', async () => {
    await putDeadLetters(3);
    const damaged = await Promise.all(
      [deadLetter(), deadLetter()].map((each) => queues.deadLetters.put(each)),
    );
    await redis.hset(`${prefix}:{dlq}:letters`, damaged[0]!, '{"version":1,', damaged[1]!, 'null');
    startWorker();
    const run = await ended(await start({}));
    expect(run).toMatchObject({ state: 'finished', done: 3, failed: 2 });
    const reasons = await queues.runs.skipReasons(run.id);
    expect(Object.keys(reasons).sort()).toEqual([...damaged].sort());
    expect(Object.values(reasons)[0]).toContain('damaged');
  });

  it('replays also what it claimed without being told, since the connection was lost', async () => {
    await putDeadLetters(150);
    const claim = queues.runs.claim.bind(queues.runs);
    jest.spyOn(queues.runs, 'claim').mockImplementationOnce(async (...args) => {
      // Redis gets the command twice, and the worker the second reply.
      await claim(...args);
      return claim(...args);
    });
    startWorker();
    expect(await ended(await start({}))).toMatchObject({ state: 'finished', total: 150, done: 150 });
    expect(await queues.deadLetters.count()).toEqual({ count: 0, exact: true });
  });

  it('shares its dead letters with another run over the same filter: each is replayed once', async () => {
    await putDeadLetters(600);
    const counts = countEnqueues();
    startWorker();
    startWorker();
    const runs = await Promise.all([start({}), start({ stage: 'record' }), start({})]);
    const [a, b, c] = await Promise.all(runs.map(ended));
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
    expect(counts.size).toBe(600);
    expect(a!.done + b!.done + c!.done).toBe(600);
    for (const run of [a!, b!, c!]) expect(run.done + run.skipped).toBe(run.total);
  });

  it('continues where a worker died, starting with what that one had claimed', async () => {
    await putDeadLetters(30);
    const run = await start({});
    // The steps of a worker that dies after it requeues its dead letters and before it acknowledges them.
    await queues.runs.start(run.id);
    const { deadLetters } = await queues.runs.claim(run, 10);
    await requeue(context(), deadLetters, run.id);
    expect((await queues.deadLetters.get(deadLetters[0]!.id))?.run).toBe(run.id);
    // A run that is created meanwhile claims none of them.
    const second = await start({});
    startWorker();
    const [first, other] = [await ended(run), await ended(second)];
    expect(first.done).toBeGreaterThanOrEqual(10);
    expect(first.done + other.done).toBe(30);
    expect(await queuedEvents()).toHaveLength(30);
    expect((await queues.deadLetters.size()).count).toBe(0);
  });

  it('leaves a dead letter that fails again before it is acknowledged, and does not claim it twice', async () => {
    const [stored] = await putDeadLetters(1);
    const again = { ...stored!, lastFailedAt: NOW + 1, attempts: [{ at: NOW + 1, code: 'internal_error' }] };
    const run = await start({});
    await queues.runs.start(run.id);
    const { deadLetters } = await queues.runs.claim(run, 10);
    const id = await queues.deadLetters.put(again);
    await queues.runs.ack(run.id, deadLetters);
    const remaining = await queues.deadLetters.get(id);
    expect(remaining?.deadLetter.attempts).toHaveLength(2);
    expect(remaining).not.toHaveProperty('run');
    startWorker();
    expect(await ended(run)).toMatchObject({ done: 1, skipped: 0 });
    expect(await queues.inbound.count()).toBe(0);
    expect(await queues.deadLetters.get(id)).toEqual(remaining);
  });

  it('ignores what is dead-lettered after it was created', async () => {
    await putDeadLetters(5);
    const run = await start({});
    await putDeadLetters(5);
    startWorker();
    expect(await ended(run)).toMatchObject({ total: 5, done: 5 });
    expect((await queues.deadLetters.size()).count).toBe(5);
  });

  it('stores why a dead letter that cannot be replayed stays', async () => {
    const id = await queues.deadLetters.put(
      deadLetter({ stage: 'ingest', undone: { type: 'raw', data: { MessageSid: 'odd' } } }),
    );
    startWorker();
    const run = await ended(await start({}));
    expect(run).toMatchObject({ total: 1, done: 0, failed: 1 });
    expect(await queues.runs.skipReasons(run.id)).toEqual({
      [id]: expect.stringContaining('unparsable') as string,
    });
    expect(await queues.deadLetters.get(id)).not.toHaveProperty('run');
  });

  it('respects its rate, and releases its claims when it is cancelled', async () => {
    await putDeadLetters(50);
    startWorker();
    const created = await start({}, 5);
    await waitFor(async () => ((await queues.runs.get(created.id))?.done ?? 0) >= 2, {
      what: 'some dead letters',
    });
    expect(await queues.runs.cancel(created.id)).toBe('cancelled');
    await waitFor(async () => (await queues.replays.count()) === 0, { what: 'the end of the job' });
    const run = await ended(created);
    expect(run.state).toBe('cancelled');
    expect(run.done).toBeLessThan(15);
    expect(run.done + run.skipped).toBe(50);
    const { deadLetters } = await queues.deadLetters.page({ limit: 100 });
    expect(deadLetters).toHaveLength(50 - run.done);
    expect(deadLetters.filter(({ run: claimedBy }) => claimedBy !== undefined)).toEqual([]);
    expect(await queues.runs.cancel(created.id)).toBe('cancelled');
    expect(await queues.runs.cancel('run-x')).toBeUndefined();
  });

  it('is processed even if the process that created it died before enqueueing it', async () => {
    await putDeadLetters(3);
    const before = await queues.runs.create({ filter: {}, ...AUTHOR });
    startWorker();
    const stop = resumeRuns({ queues, telemetry: { consumerFailed: () => undefined } }, 20);
    expect(await ended(before)).toMatchObject({ state: 'finished', done: 3 });
    await putDeadLetters(2);
    const later = await queues.runs.create({ filter: {}, ...AUTHOR });
    expect(await ended(later)).toMatchObject({ state: 'finished', done: 2 });
    await stop();
    expect(await queues.runs.open()).toEqual([]);
    expect((await queues.runs.list(5)).map(({ id }) => id)).toEqual([later.id, before.id]);
  });

  it('is continued by another worker when one stops', async () => {
    await putDeadLetters(20);
    startWorker();
    const run = await start({}, 10);
    await waitFor(async () => ((await queues.runs.get(run.id))?.done ?? 0) >= 2, {
      what: 'some dead letters',
    });
    stopping.abort();
    await workers[0]?.close();
    expect((await queues.runs.get(run.id))?.state).toBe('running');
    stopping = new AbortController();
    startWorker();
    expect(await ended(run)).toMatchObject({ state: 'finished', total: 20, done: 20 });
  });
});
