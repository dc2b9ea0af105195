import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  BenchContext,
  Benchmark,
  BenchmarkReport,
  PerformanceTarget,
  Table,
} from '../harness/benchmark';
import { compare, summarize, type ContenderResult } from '../harness/compare';
import { residentMb } from '../harness/process-usage';
import type { Program } from '../harness/program';
import { openQueues, queuesInOrder } from '../harness/queues';
import type { BenchRedis } from '../harness/redis';
import { atMost, number, spreadOf } from '../harness/report';
import { startIngest, startSandbox, startWorker, type Sandbox } from '../harness/services';
import { enqueueStops, inBatches, untilEmpty } from '../load/events';
import { stopRequest, writePool } from '../load/requests';
import { runLoad } from '../load/run-load';

const SERVICES = ['ingest', 'worker'] as const;
type ServiceName = (typeof SERVICES)[number];

const SETTINGS = { CUSTOMERIO_APP_RPS: '1000', CUSTOMERIO_TRACK_RPS: '1000' };
const ROUNDS_OF_EVENTS = 4;
const QUICK_ROUNDS_OF_EVENTS = 2;
/** Until idle connections are closed and garbage is collected. */
const REST_MS = 3_000;
const QUICK_REST_MS = 300;
/** Until V8 has returned the unused part of the heap of an idle process. */
const LONG_REST_MS = 90_000;
const MOST_MB = { ingest: 160, worker: 140 } as const;

export const startAndMemory: Benchmark = {
  name: 'start',
  about: 'the time from a cold start until a service is ready, and the memory it needs',
  run,
};

/** Resident memory in MB. */
interface Memory {
  /** After each round of events. */
  readonly afterRounds: readonly number[];
  /** A while after the last. */
  readonly rested: number;
}
type MemoryOf = Readonly<Record<ServiceName, Memory>>;
type Start = Readonly<Record<ServiceName, () => Promise<Program>>>;

async function run(bench: BenchContext): Promise<BenchmarkReport> {
  const { cores, quick } = bench;
  const redis = await bench.redis();
  const sandbox = await startSandbox(cores?.others, ['--no-limits', '--log-requests', '0']);
  bench.after(() => sandbox.stop());
  const options = { cores: cores?.measured, redisUrl: redis.url, prefix: 'optout' };
  const start: Start = {
    ingest: () => startIngest(options),
    worker: () => startWorker({ ...options, sandbox, settings: SETTINGS }),
  };
  const starts = await compare(
    SERVICES.map((name) => ({ name, measure: () => measureStart(start[name]) })),
    bench,
  );
  const count = quick ? 2_000 : 100_000;
  const memory = {
    ingest: await measureMemory(bench, start.ingest, ingestRound(bench, redis, count)),
    worker: await measureMemory(bench, start.worker, await workerRound(bench, redis, sandbox, count)),
  };
  return report(starts, memory, count, quick);
}

async function measureStart(start: () => Promise<Program>) {
  const program = await start();
  await delay(REST_MS);
  const idleMb = residentMb(program.pid);
  await program.stop();
  return { 'ready ms': program.startMs, 'idle MB': idleMb };
}

async function measureMemory(
  { quick, log }: BenchContext,
  start: () => Promise<Program>,
  round: (program: Program) => Promise<void>,
): Promise<Memory> {
  const program = await start();
  try {
    const afterRounds: number[] = [];
    const rounds = quick ? QUICK_ROUNDS_OF_EVENTS : ROUNDS_OF_EVENTS;
    for (let done = 1; done <= rounds; done++) {
      await round(program);
      await delay(quick ? QUICK_REST_MS : REST_MS);
      const mb = residentMb(program.pid);
      afterRounds.push(mb);
      log(`${program.name} after round ${String(done)}: ${number(mb)} MB`);
    }
    if (!quick) await delay(LONG_REST_MS);
    return { afterRounds, rested: residentMb(program.pid) };
  } finally {
    await program.stop();
  }
}

function ingestRound({ folder, cores }: BenchContext, redis: BenchRedis, count: number) {
  return async ({ port, pid }: Program): Promise<void> => {
    const pool = join(folder, 'memory.pool');
    const requests = Array.from({ length: count }, (_, index) => stopRequest(index));
    await writePool(pool, requests);
    // The window ends with the pool.
    const window = { warmUpMs: 0, windowMs: 3_600_000 };
    const options = { port, serverPid: pid, pool, again: false, connections: 64, ...window };
    await runLoad(cores?.others, options, 200);
    await redis.clear();
  };
}

async function workerRound(bench: BenchContext, redis: BenchRedis, sandbox: Sandbox, count: number) {
  await sandbox.addPeople(0, count);
  const queues = openQueues(bench, redis, 'optout');
  return async (): Promise<void> => {
    await enqueueStops(inBatches(queues), 0, count);
    await untilEmpty(queuesInOrder(queues), 3_600_000);
  };
}

function report(
  starts: readonly ContenderResult[],
  memory: MemoryOf,
  count: number,
  quick: boolean,
): BenchmarkReport {
  return {
    tables: [table(starts, memory, count)],
    targets: SERVICES.flatMap((name) => targets(name, memory[name], count)),
    notes: [
      `Memory is resident memory, ${String(REST_MS / 1_000)} s after the last event, in the last column ${String(LONG_REST_MS / 1_000)} s later; some 42 MB of it are the program node itself.`,
      ...(quick ? ['A quick run does not wait before the last column.'] : []),
    ],
    rounds: [
      ...starts,
      ...SERVICES.map((name) => ({
        name: `${name} after rounds and a rest`,
        samples: [...memory[name].afterRounds, memory[name].rested].map((MB) => ({ MB })),
      })),
    ],
  };
}

function table(starts: readonly ContenderResult[], memory: MemoryOf, count: number): Table {
  const rounds = memory.worker.afterRounds.map((_, index) => index + 1);
  return {
    title: 'start, and memory (MB = 10^6 bytes)',
    columns: [
      'service',
      'ms until ready',
      'idle, MB',
      ...rounds.map((round) => `after ${number(round * count)} events, MB`),
      `${String(LONG_REST_MS / 1_000)} s later, MB`,
    ],
    rows: SERVICES.map((name) => [
      name,
      spreadOf(starts, name, 'ready ms'),
      spreadOf(starts, name, 'idle MB'),
      ...memory[name].afterRounds.map(number),
      number(memory[name].rested),
    ]),
  };
}

function targets(name: ServiceName, { afterRounds }: Memory, count: number): PerformanceTarget[] {
  const [first = Number.NaN, last = Number.NaN] = [afterRounds[0], afterRounds.at(-1)];
  return [
    atMost(`${name}: MB after ${number(count)} events`, summarize([first]), MOST_MB[name]),
    atMost(`${name}: memory after the last round to that after the first`, summarize([last / first]), 1.1),
  ];
}
