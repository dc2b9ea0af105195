import { join } from 'node:path';
import type { Queue } from 'bullmq';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { BenchContext, Benchmark, BenchmarkReport, PerformanceTarget } from '../harness/benchmark';
import {
  compare,
  figures,
  ratio,
  type Contender,
  type ContenderResult,
  type Sample,
  type Summary,
} from '../harness/compare';
import { cpuSeconds } from '../harness/process-usage';
import { answersOk, startProgram, type Program } from '../harness/program';
import { openQueues } from '../harness/queues';
import { perEvent, redisWork, type BenchRedis } from '../harness/redis';
import { atLeast, atMost, number, spread, spreadOf } from '../harness/report';
import { startSandbox, startWorker, type Sandbox } from '../harness/services';
import { enqueueOf, enqueueStops, inBatches, oneByOne, untilEmpty, type Enqueue } from '../load/events';

const NOOP = 'BullMQ worker that does nothing, an event a job';
const NOOP_BATCHES = 'the same, our batches';
const RECORD = 'record alone';
const WHOLE = 'record and sync';
const OTHER_RECORD = 'other version, record alone';
const OTHER_WHOLE = 'other version, record and sync';

/** The highest rates that a worker accepts: no request waits for the rate limiter. */
const SETTINGS = { CUSTOMERIO_APP_RPS: '1000', CUSTOMERIO_TRACK_RPS: '1000' };

export const worker: Benchmark = {
  name: 'worker',
  about:
    'events a second through record and sync on one core, with a Customer.io that has no limits and answers at once',
  run,
};

/** How one worker is measured. */
interface Measurement {
  readonly redis: BenchRedis;
  readonly program: Program;
  readonly queues: JobStores;
  readonly enqueue: Enqueue;
  /** The queues that must be empty at the end. */
  readonly awaited: readonly Queue[];
  /** A queue whose jobs are added and not processed. */
  readonly paused?: Queue;
  readonly count: number;
}

async function run(bench: BenchContext): Promise<BenchmarkReport> {
  const count = bench.quick ? 2_000 : 20_000;
  const redis = await bench.redis();
  const sandbox = await startSandbox(bench.cores?.others, ['--no-limits', '--log-requests', '0']);
  bench.after(() => sandbox.stop());
  await sandbox.addPeople(0, count);
  const contenders = [
    ...(await noopContenders(bench, redis, count)),
    ...(await ourContenders(bench, { redis, sandbox, count })),
    ...(await otherContenders(bench, { redis, sandbox, count })),
  ];
  return report(await compare(contenders, bench), bench, count);
}

async function noopContenders(bench: BenchContext, redis: BenchRedis, count: number): Promise<Contender[]> {
  const queues = openQueues(bench, redis, 'noop');
  const program = await startNoopWorker(bench, redis);
  const noop = { redis, program, queues, awaited: [queues.inbound], count };
  return [
    { name: NOOP, measure: () => measure({ ...noop, enqueue: oneByOne(queues) }) },
    { name: NOOP_BATCHES, measure: () => measure({ ...noop, enqueue: inBatches(queues) }) },
  ];
}

interface Backends {
  readonly redis: BenchRedis;
  readonly sandbox: Sandbox;
  readonly count: number;
}

async function ourContenders(bench: BenchContext, { redis, sandbox, count }: Backends): Promise<Contender[]> {
  const queues = openQueues(bench, redis, 'optout');
  const program = await startOurs(bench, { redisUrl: redis.url, prefix: 'optout', sandbox });
  const ours = { redis, program, queues, enqueue: inBatches(queues), count };
  return recordAndWhole(ours, [RECORD, WHOLE]);
}

/** The other version enqueues its events itself, in its own form. */
async function otherContenders(
  bench: BenchContext,
  { redis, sandbox, count }: Backends,
): Promise<Contender[]> {
  const { against } = bench;
  if (against === undefined) return [];
  const prefix = 'other';
  const queues = openQueues(bench, redis, prefix);
  const enqueue = enqueueOf(against, { bench, redis, prefix });
  const program = await startOurs(bench, { redisUrl: redis.url, prefix, sandbox, from: against });
  return recordAndWhole({ redis, program, queues, enqueue, count }, [OTHER_RECORD, OTHER_WHOLE]);
}

function recordAndWhole(
  worker: Omit<Measurement, 'awaited' | 'paused'>,
  [record, whole]: readonly [string, string],
): Contender[] {
  const { inbound, syncOf } = worker.queues;
  const syncs = syncOf('default');
  return [
    { name: record, measure: () => measure({ ...worker, awaited: [inbound], paused: syncs }) },
    { name: whole, measure: () => measure({ ...worker, awaited: [inbound, syncs] }) },
  ];
}

async function startOurs(
  { cores, after }: BenchContext,
  options: Omit<Parameters<typeof startWorker>[0], 'cores' | 'settings'>,
): Promise<Program> {
  const program = await startWorker({ ...options, cores: cores?.measured, settings: SETTINGS });
  after(() => program.stop());
  return program;
}

async function startNoopWorker({ cores, after }: BenchContext, redis: BenchRedis): Promise<Program> {
  const program = await startProgram({
    name: 'noop-worker',
    file: join(__dirname, '../peers/noop-worker.js'),
    cores: cores?.measured,
    env: (port) => ({ PORT: String(port), REDIS_URL: redis.url, QUEUE_PREFIX: 'noop' }),
    isReady: (port) => answersOk(`http://127.0.0.1:${String(port)}`),
  });
  after(() => program.stop());
  return program;
}

/** Fills the paused queue, resumes it and measures until the awaited queues are empty. */
async function measure(measurement: Measurement): Promise<Sample> {
  const { redis, program, queues, enqueue, awaited, paused, count } = measurement;
  const { inbound } = queues;
  await redis.clear();
  await paused?.pause();
  await inbound.pause();
  await enqueueStops(enqueue, 0, count);
  const workBefore = await redisWork(redis);
  const cpuBefore = cpuSeconds(program.pid) ?? Number.NaN;
  const startedAt = performance.now();
  await inbound.resume();
  await untilEmpty(awaited, 600_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = (cpuSeconds(program.pid) ?? Number.NaN) - cpuBefore;
  return {
    'per second': count / seconds,
    'µs of CPU': (cpu * 1e6) / count,
    ...perEvent(workBefore, await redisWork(redis), count),
  };
}

function report(
  results: readonly ContenderResult[],
  { against }: BenchContext,
  count: number,
): BenchmarkReport {
  const compared = (key: string, one: string, other: string): Summary =>
    ratio(figures(results, one, key), figures(results, other, key));
  return {
    tables: [
      {
        title: `${number(count)} STOPs of as many people that wait in the queue`,
        columns: [
          'worker',
          'events/s',
          'ratio to nothing',
          'ratio to nothing, batches',
          'µs of CPU an event',
        ],
        rows: results.map(({ name }) => [
          name,
          spreadOf(results, name, 'per second'),
          spread(compared('per second', name, NOOP)),
          spread(compared('per second', name, NOOP_BATCHES)),
          spreadOf(results, name, 'µs of CPU'),
        ]),
      },
      {
        title: 'work of Redis for each event',
        columns: [
          'worker',
          'commands, those in scripts too',
          'reads from a socket',
          'bytes in',
          'bytes out',
          'µs of CPU',
        ],
        rows: results.map(({ name }) => [
          name,
          ...['commands', 'reads', 'bytes in', 'bytes out', 'Redis µs'].map((key) =>
            spreadOf(results, name, key),
          ),
        ]),
      },
    ],
    targets: targets(compared, against),
    notes: [
      'Concurrency 50 in all for the first queue; the rate limit at its highest, 1,000 requests/s for each API, with 100 phones in a search.',
      'Record alone: the second queue is paused, so its jobs are added and not processed.',
    ],
    rounds: results,
  };
}

function targets(
  compared: (key: string, one: string, other: string) => Summary,
  against: string | undefined,
): PerformanceTarget[] {
  const redis = (one: string, other: string) => compared('Redis µs', one, other);
  return [
    atLeast('record to a worker that does nothing, an event a job', compared('per second', RECORD, NOOP), 1),
    atLeast('the whole path to the same', compared('per second', WHOLE, NOOP), 0.15),
    ...(against === undefined
      ? []
      : [
          atMost("record: Redis' CPU an event, to the other version", redis(RECORD, OTHER_RECORD), 0.6),
          atMost(
            "record and sync: Redis' CPU an event, to the other version",
            redis(WHOLE, OTHER_WHOLE),
            0.6,
          ),
        ]),
  ];
}
