import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchRedis } from '../harness/bench-redis';
import type { Bench, Benchmark, Outcome } from '../harness/benchmark';
import { contest, figure } from '../harness/contest';
import { startSandbox, type Sandbox } from '../harness/customerio';
import { residentMb } from '../harness/memory';
import { flowOf, queuesOf } from '../harness/open-queues';
import { startIngest, startWorker } from '../harness/our-services';
import type { Program } from '../harness/program';
import { summarize } from '../harness/statistics';
import { enqueueStops, untilEmpty } from '../load/events';
import { writePool } from '../load/pool';
import { runLoad } from '../load/run-load';
import { stopRequest } from '../load/twilio-requests';
import { number, spread } from '../report/format';
import { atMost } from '../report/targets';

const SETTINGS = { CUSTOMERIO_APP_RPS: '1000', CUSTOMERIO_TRACK_RPS: '1000' };
const FURTHER_ROUNDS = 3;
/** Idle connections close, garbage is collected. */
const REST_MS = 3_000;
/** V8 gives back what its heap does not need once a process has had nothing to do for a while. */
const LONG_REST_MS = 90_000;
const MOST_MB = { ingest: 160, worker: 140 } as const;

export const startAndMemory: Benchmark = {
  name: 'start',
  about: 'the time from a cold start until a service is ready, and the memory it needs',
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const { cores, quick, rounds, say } = bench;
  const redis = await bench.redis();
  const sandbox = await startSandbox(cores?.others, ['--no-limits', '--log-requests', '0']);
  bench.after(() => sandbox.stop());
  const options = { cores: cores?.measured, redisUrl: redis.url, prefix: 'optout' };
  const start = {
    ingest: () => startIngest(options),
    worker: () => startWorker({ ...options, sandbox, settings: SETTINGS }),
  };

  const starts = await contest(
    (['ingest', 'worker'] as const).map((name) => ({
      name,
      measure: async () => {
        const program = await start[name]();
        await delay(REST_MS);
        const idleMb = residentMb(program.pid);
        await program.stop();
        return { 'ready ms': program.startMs, 'idle MB': idleMb };
      },
    })),
    rounds,
    say,
  );

  const count = quick ? 5_000 : 100_000;
  const grown = {
    ingest: await afterRounds(bench, start.ingest, ingestRound(bench, redis, count)),
    worker: await afterRounds(bench, start.worker, await workerRound(bench, redis, sandbox, count)),
  };
  const names = ['ingest', 'worker'] as const;
  const first = (name: (typeof names)[number]): number => grown[name].after[0] ?? Number.NaN;
  const last = (name: (typeof names)[number]): number => grown[name].after.at(-1) ?? Number.NaN;
  return {
    tables: [
      {
        title: 'start, and memory (MB = 10^6 bytes)',
        columns: [
          'service',
          'ms until ready',
          'idle, MB',
          ...Array.from(
            { length: FURTHER_ROUNDS + 1 },
            (_, round) => `after ${number((round + 1) * count)} events, MB`,
          ),
          `${String(LONG_REST_MS / 1_000)} s later, MB`,
        ],
        rows: names.map((name) => [
          name,
          spread(summarize(figure(starts, name, 'ready ms'))),
          spread(summarize(figure(starts, name, 'idle MB'))),
          ...grown[name].after.map(number),
          number(grown[name].rested),
        ]),
      },
    ],
    targets: names.flatMap((name) => [
      atMost(`${name}: MB after ${number(count)} events`, summarize([first(name)]), MOST_MB[name]),
      atMost(
        `${name}: memory after the last round to that after the first`,
        summarize([last(name) / first(name)]),
        1.1,
      ),
    ]),
    notes: [
      `Memory is resident memory, ${String(REST_MS / 1_000)} s after the last event, in the last column ${String(LONG_REST_MS / 1_000)} s more; some 42 MB of it are the program node itself.`,
      ...(quick ? ['A quick run does not wait before the last column.'] : []),
    ],
    rounds: [
      ...starts,
      ...names.map((name) => ({
        name: `${name} after rounds and a rest`,
        samples: [...grown[name].after, grown[name].rested].map((MB) => ({ MB })),
      })),
    ],
  };
}

/** Resident memory in MB. */
interface Grown {
  /** After a round of events, and after each of the further rounds. */
  readonly after: readonly number[];
  /** A while after the last. */
  readonly rested: number;
}

async function afterRounds(
  { quick, say }: Bench,
  start: () => Promise<Program>,
  round: (program: Program) => Promise<void>,
): Promise<Grown> {
  const program = await start();
  try {
    const taken: number[] = [];
    for (let done = 0; done <= FURTHER_ROUNDS; done++) {
      await round(program);
      await delay(REST_MS);
      taken.push(residentMb(program.pid));
      say(`${program.name} after round ${String(done + 1)}: ${number(taken.at(-1) ?? Number.NaN)} MB`);
    }
    if (!quick) await delay(LONG_REST_MS);
    return { after: taken, rested: residentMb(program.pid) };
  } finally {
    await program.stop();
  }
}

function ingestRound({ folder, cores }: Bench, redis: BenchRedis, count: number) {
  return async ({ port, pid }: Program): Promise<void> => {
    const pool = join(folder, 'memory.pool');
    await writePool(
      pool,
      Array.from({ length: count }, (_, index) => stopRequest(index)),
    );
    // The window ends with the pool.
    const order = {
      port,
      serverPid: pid,
      pool,
      again: false,
      connections: 64,
      warmUpMs: 0,
      windowMs: 3_600_000,
    };
    await runLoad(cores?.others, order, 200);
    await redis.clear();
  };
}

async function workerRound(bench: Bench, redis: BenchRedis, sandbox: Sandbox, count: number) {
  await sandbox.addPeople(0, count);
  const queues = queuesOf(bench, redis, 'optout');
  return async (): Promise<void> => {
    await enqueueStops(queues, 0, count);
    await untilEmpty(flowOf(queues), 3_600_000);
  };
}
