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
import { closeQueues, enqueueReplay } from '@optout-sync/shared/queues';
import { saying } from '../test-support/worker-harness';
import { replayJob, resumeRuns } from './replay-job';
import { requeue } from './requeue';

const url = process.env.TEST_REDIS_URL ?? '';
const NOW = 1_772_013_598_000;
const WHO = { by: 'Ann', why: 'mended' };

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

  /** A worker that carries runs on, and nothing else: what is replayed stays where it is put. */
  function startWorker(): void {
    const events = { replayed: () => undefined, replayEnded: () => undefined };
    const job = replayJob({ runs: queues.runs, queues, events, stopping: stopping.signal });
    const worker = new Worker('replays', job, { connection: redis, prefix, concurrency: 5 });
    worker.on('error', () => undefined);
    workers.push(worker);
  }
  async function start(filter: DeadLetterFilter, rate?: number): Promise<ReplayRun> {
    const run = await queues.runs.create({ filter, rate, ...WHO });
    await enqueueReplay(queues, run.id);
    return run;
  }
  const over = ({ id }: ReplayRun): Promise<ReplayRun> =>
    waitFor(
      async () => {
        const run = await queues.runs.get(id);
        return run?.endedAt === undefined ? undefined : run;
      },
      { what: `the end of ${id}` },
    );

  let phones = 0;
  function letter(given: Partial<DeadLetter> = {}): DeadLetter {
    const at = given.lastFailedAt ?? NOW;
    return {
      version: 1,
      stage: 'record',
      code: 'internal_error',
      message: 'x',
      undone: { type: 'event', event: saying(`+1415${String(5_600_000 + phones++)}`) },
      attempts: [{ at, code: 'internal_error' }],
      firstFailedAt: at,
      lastFailedAt: at,
      ...given,
    };
  }
  async function fileLetters(count: number): Promise<DeadLetter[]> {
    const letters = Array.from({ length: count }, () => letter());
    await Promise.all(letters.map((one) => queues.deadLetters.put(one)));
    return letters;
  }
  /** Every event that was put back, as often as it was. */
  function countEnqueues(): Map<string, number> {
    const counts = new Map<string, number>();
    const add = queues.shards[0].inbound.add.bind(queues.shards[0].inbound);
    jest.spyOn(queues.shards[0].inbound, 'add').mockImplementation((name, data, opts) => {
      const { messageSid } = InboundEvent.parse(data.payload);
      counts.set(messageSid, (counts.get(messageSid) ?? 0) + 1);
      return add(name, data, opts);
    });
    return counts;
  }

  it('puts every letter that matches back to work, behind live traffic, and takes it away', async () => {
    const letters = await fileLetters(250);
    const other = await queues.deadLetters.put(letter({ code: 'other' }));
    startWorker();
    const run = await over(await start({ code: 'internal_error' }));
    expect(run).toMatchObject({ state: 'finished', total: 250, done: 250, failed: 0, skipped: 0, ...WHO });
    const jobs = await queues.shards[0].inbound.getJobs(['prioritized']);
    const sidsOf = (events: unknown[]) => events.map((event) => InboundEvent.parse(event).messageSid).sort();
    expect(sidsOf(jobs.map(({ data }) => data.payload))).toEqual(
      sidsOf(letters.map(({ undone }) => (undone.type === 'event' ? undone.event : undefined))),
    );
    expect(jobs.every(({ data }) => data.run === run.id)).toBe(true);
    expect(await queues.deadLetters.count()).toEqual({ count: 1, exact: true });
    expect(await queues.deadLetters.get(other)).not.toHaveProperty('run');
  });

  it('shares its letters with another over the same filter: each is replayed once', async () => {
    await fileLetters(600);
    const counts = countEnqueues();
    startWorker();
    startWorker();
    const runs = await Promise.all([start({}), start({ stage: 'record' }), start({})]);
    const [a, b, c] = await Promise.all(runs.map(over));
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
    expect(counts.size).toBe(600);
    expect(a!.done + b!.done + c!.done).toBe(600);
    for (const run of [a!, b!, c!]) expect(run.done + run.skipped).toBe(run.total);
  });

  it('goes on where a worker died, with what that one had claimed first', async () => {
    await fileLetters(30);
    const run = await start({});
    // As far as a worker comes that dies between putting the letters back and settling them.
    await queues.runs.start(run.id);
    const { deadLetters: letters } = await queues.runs.claim(run, 10);
    for (const { deadLetter: one } of letters) await requeue(queues, one, run.id);
    expect((await queues.deadLetters.get(letters[0]!.id))?.run).toBe(run.id);
    // A run that was made meanwhile takes none of them.
    const second = await start({});
    startWorker();
    const [first, other] = [await over(run), await over(second)];
    expect(first.done).toBeGreaterThanOrEqual(10);
    expect(first.done + other.done).toBe(30);
    expect(await queues.shards[0].inbound.getJobCountByTypes('prioritized')).toBe(30);
    expect((await queues.deadLetters.size()).count).toBe(0);
  });

  it('keeps a letter that has failed again before it was settled, and does not take it twice', async () => {
    const [filed] = await fileLetters(1);
    const again = { ...filed!, lastFailedAt: NOW + 1, attempts: [{ at: NOW + 1, code: 'internal_error' }] };
    const run = await start({});
    await queues.runs.start(run.id);
    const { deadLetters: letters } = await queues.runs.claim(run, 10);
    const id = await queues.deadLetters.put(again);
    await queues.runs.ack(run.id, letters);
    const kept = await queues.deadLetters.get(id);
    expect(kept?.deadLetter.attempts).toHaveLength(2);
    expect(kept).not.toHaveProperty('run');
    startWorker();
    expect(await over(run)).toMatchObject({ done: 1, skipped: 0 });
    expect(await queues.shards[0].inbound.count()).toBe(0);
    expect(await queues.deadLetters.get(id)).toEqual(kept);
  });

  it('leaves alone what is filed after it was made', async () => {
    await fileLetters(5);
    const run = await start({});
    await fileLetters(5);
    startWorker();
    expect(await over(run)).toMatchObject({ total: 5, done: 5 });
    expect((await queues.deadLetters.size()).count).toBe(5);
  });

  it('says of what cannot be replayed why it stays', async () => {
    const id = await queues.deadLetters.put(letter({ undone: { type: 'raw', data: { MessageSid: 'odd' } } }));
    startWorker();
    const run = await over(await start({}));
    expect(run).toMatchObject({ total: 1, done: 0, failed: 1 });
    expect(await queues.runs.skipReasons(run.id)).toEqual({
      [id]: expect.stringContaining('not understood') as string,
    });
    expect(await queues.deadLetters.get(id)).not.toHaveProperty('run');
  });

  it('keeps to its rate, and gives everything up when it is cancelled', async () => {
    await fileLetters(50);
    startWorker();
    const made = await start({}, 5);
    await waitFor(async () => ((await queues.runs.get(made.id))?.done ?? 0) >= 2, { what: 'some letters' });
    expect(await queues.runs.cancel(made.id)).toBe('cancelled');
    await waitFor(async () => (await queues.replays.count()) === 0, { what: 'the worker to let go' });
    const run = await over(made);
    expect(run.state).toBe('cancelled');
    expect(run.done).toBeLessThan(15);
    expect(run.done + run.skipped).toBe(50);
    const { deadLetters: letters } = await queues.deadLetters.page({ limit: 100 });
    expect(letters).toHaveLength(50 - run.done);
    expect(letters.filter((one) => one.run !== undefined)).toEqual([]);
    expect(await queues.runs.cancel(made.id)).toBe('cancelled');
    expect(await queues.runs.cancel('run-x')).toBeUndefined();
  });

  it('is carried on though whoever made it died before asking for that', async () => {
    await fileLetters(3);
    const run = await queues.runs.create({ filter: {}, ...WHO });
    startWorker();
    await resumeRuns(queues);
    expect(await over(run)).toMatchObject({ state: 'finished', done: 3 });
    expect(await queues.runs.open()).toEqual([]);
    expect((await queues.runs.list(5)).map(({ id }) => id)).toEqual([run.id]);
  });

  it('is handed to another worker when one stops', async () => {
    await fileLetters(20);
    startWorker();
    const run = await start({}, 10);
    await waitFor(async () => ((await queues.runs.get(run.id))?.done ?? 0) >= 2, { what: 'some letters' });
    stopping.abort();
    await workers[0]?.close();
    expect((await queues.runs.get(run.id))?.state).toBe('running');
    stopping = new AbortController();
    startWorker();
    expect(await over(run)).toMatchObject({ state: 'finished', total: 20, done: 20 });
  });
});
