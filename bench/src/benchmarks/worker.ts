import { join } from 'node:path';
import type { Queue } from 'bullmq';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { BenchRedis } from '../harness/bench-redis';
import type { BenchContext, Benchmark, BenchmarkReport } from '../harness/benchmark';
import { compare, figures, type ContenderResult, type Sample } from '../harness/compare';
import { openQueues } from '../harness/queues';
import { perEvent, redisWork } from '../harness/redis-work';
import { startSandbox } from '../harness/sandbox';
import { startWorker } from '../harness/services';
import { ratio } from '../harness/statistics';
import { enqueueStops, untilEmpty } from '../load/stop-events';
import { cpuSeconds } from '../process/cpu-time';
import { answersOk, startProgram, type Program } from '../process/program';
import { number, spread, spreadOf } from '../report/format';
import { atLeast } from '../report/targets';

const NOOP = 'BullMQ worker that does nothing';
const RECORD = 'record alone';
const WHOLE = 'record and sync';

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
  /** The queues that must be empty at the end. */
  readonly awaited: readonly Queue[];
  /** A queue whose jobs are added and not processed. */
  readonly paused?: Queue;
  readonly count: number;
}

async function run(bench: BenchContext): Promise<BenchmarkReport> {
  const count = bench.quick ? 3_000 : 20_000;
  const redis = await bench.redis();
  const noopQueues = openQueues(bench, redis, 'noop');
  const ourQueues = openQueues(bench, redis, 'optout');
  const { inbound, syncOf } = ourQueues;
  const syncs = syncOf('default');
  const noop = {
    redis,
    program: await startNoopWorker(bench, redis),
    queues: noopQueues,
    awaited: [noopQueues.inbound],
    count,
  };
  const ours = { redis, program: await startOurWorker(bench, redis, count), queues: ourQueues, count };
  const results = await compare(
    [
      { name: NOOP, measure: () => measure(noop) },
      { name: RECORD, measure: () => measure({ ...ours, awaited: [inbound], paused: syncs }) },
      { name: WHOLE, measure: () => measure({ ...ours, awaited: [inbound, syncs] }) },
    ],
    bench,
  );
  return report(results, count);
}

async function startOurWorker(bench: BenchContext, redis: BenchRedis, people: number): Promise<Program> {
  const { cores, after } = bench;
  const sandbox = await startSandbox(cores?.others, ['--no-limits', '--log-requests', '0']);
  after(() => sandbox.stop());
  await sandbox.addPeople(0, people);
  const program = await startWorker({
    cores: cores?.measured,
    redisUrl: redis.url,
    prefix: 'optout',
    sandbox,
    settings: SETTINGS,
  });
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
async function measure({ redis, program, queues, awaited, paused, count }: Measurement): Promise<Sample> {
  const { inbound } = queues;
  await redis.clear();
  await paused?.pause();
  await inbound.pause();
  await enqueueStops(queues, 0, count);
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

function report(results: readonly ContenderResult[], count: number): BenchmarkReport {
  const rate = (name: string): number[] => figures(results, name, 'per second');
  return {
    tables: [
      {
        title: `${number(count)} STOPs of as many people that wait in the queue`,
        columns: ['worker', 'events/s', 'ratio to nothing', 'µs of CPU an event'],
        rows: results.map(({ name }) => [
          name,
          spreadOf(results, name, 'per second'),
          spread(ratio(rate(name), rate(NOOP))),
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
    targets: [
      atLeast('record to a worker that does nothing', ratio(rate(RECORD), rate(NOOP)), 0.5),
      atLeast('the whole path to a worker that does nothing', ratio(rate(WHOLE), rate(NOOP)), 0.15),
    ],
    notes: [
      'Concurrency 50 in both for the first queue; the rate limit at its highest, 1,000 requests/s for each API, with 100 phones in a search.',
      'Record alone: the second queue is paused, so its jobs are added and not processed.',
    ],
    rounds: results,
  };
}
