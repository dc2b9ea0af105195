import { join } from 'node:path';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { closeQueues } from '@optout-sync/shared/queues';
import { connectRedis, queuePrefix, untilReady } from '@optout-sync/shared/redis';
import { startCluster } from '@optout-sync/testkit';
import type { BenchContext, Benchmark, BenchmarkReport } from '../harness/benchmark';
import { compare, figures, ratio, type Contender, type ContenderResult } from '../harness/compare';
import type { Program } from '../harness/program';
import { openQueues, queuesInOrder } from '../harness/queues';
import { spread, spreadOf } from '../harness/report';
import { startIngest, startSandbox, startWorker, type Sandbox } from '../harness/services';
import { enqueueStops, inBatches, untilEmpty } from '../load/events';
import { stopRequest, writePool } from '../load/requests';
import { runLoad } from '../load/run-load';

const CONNECTIONS = 64;
const SETTINGS = { CUSTOMERIO_APP_RPS: '1000', CUSTOMERIO_TRACK_RPS: '1000' };

export const scaleOut: Benchmark = {
  name: 'scale-out',
  about: 'several ingest and worker processes on one Redis, none of them pinned',
  run,
};

async function run(bench: BenchContext): Promise<BenchmarkReport> {
  const ingests = await compare(await ingestContenders(bench), bench);
  const workers = await compare(await workerContenders(bench), bench);
  const places = await compare(await clusterContenders(bench), bench);
  const columns = ['processes', 'a second', 'ratio to one'];
  return {
    tables: [
      { title: 'webhooks', columns, rows: rowsOf(ingests) },
      { title: 'events through record and sync', columns, rows: rowsOf(workers) },
      {
        title: 'events through record and sync, 2 workers',
        columns: ['Redis', 'a second', 'ratio to one'],
        rows: rowsOf(places),
      },
    ],
    targets: [],
    notes: [
      'Load, Redis and sandbox share the same cores: on a machine of few cores more processes cannot add much.',
    ],
    rounds: [...ingests, ...workers, ...places],
  };
}

/** Each contender with its rate, and the ratio of that to the first contender's. */
function rowsOf(results: readonly ContenderResult[]): string[][] {
  const rate = (name: string): number[] => figures(results, name, 'per second');
  return results.map(({ name }) => [
    name,
    spreadOf(results, name, 'per second'),
    spread(ratio(rate(name), rate(results[0]?.name ?? ''))),
  ]);
}

/** One and two ingests, each with its own load. */
async function ingestContenders(bench: BenchContext): Promise<Contender[]> {
  const redis = await bench.redis();
  const pairs: { program: Program; pool: string }[] = [];
  for (const index of [0, 1]) {
    const pool = join(bench.folder, `scale-out-${String(index)}.pool`);
    const size = bench.quick ? 20_000 : 80_000;
    const requests = Array.from({ length: size }, (_, at) => stopRequest(at));
    await writePool(pool, requests);
    const program = await startIngest({ cores: undefined, redisUrl: redis.url, prefix: 'optout' });
    bench.after(() => program.stop());
    pairs.push({ program, pool });
  }
  const load = (program: Program, pool: string, connections: number) => {
    const window = { warmUpMs: 500, windowMs: bench.quick ? 500 : 4_000 };
    const options = {
      port: program.port,
      serverPid: program.pid,
      pool,
      again: false,
      connections,
      ...window,
    };
    return runLoad(undefined, options, 200);
  };
  return [1, 2].map((count) => ({
    name: `${String(count)} ingest`,
    measure: async () => {
      const measured = pairs.slice(0, count);
      const reports = await Promise.all(
        measured.map(({ program, pool }) => load(program, pool, CONNECTIONS / count)),
      );
      await redis.clear();
      return { 'per second': reports.reduce((sum, { answers, seconds }) => sum + answers / seconds, 0) };
    },
  }));
}

/** One, two and four workers on a full queue. They run for one measurement each: an idle one would process jobs as well. */
async function workerContenders(bench: BenchContext): Promise<Contender[]> {
  const count = bench.quick ? 1_000 : 20_000;
  const redis = await bench.redis();
  const sandbox = await sandboxWith(bench, count);
  const queues = openQueues(bench, redis, 'optout');
  return (bench.quick ? [1, 2] : [1, 2, 4]).map((processes) => ({
    name: `${String(processes)} worker${processes > 1 ? 's' : ''}`,
    measure: async () => {
      await redis.clear();
      return drain(queues, count, processes, { redisUrl: redis.url, prefix: 'optout', sandbox });
    },
  }));
}

/**
 * Two workers on one Redis, and on a cluster of three masters: there the queues are on one of them and the ledger is spread over
 * all. Each measurement on the cluster has its own prefix and so its own keys.
 */
async function clusterContenders(bench: BenchContext): Promise<Contender[]> {
  const count = bench.quick ? 1_000 : 20_000;
  const sandbox = await sandboxWith(bench, count);
  const single = await bench.redis();
  const queuesOfSingle = openQueues(bench, single, 'optout');
  const cluster = await startCluster();
  bench.after(() => cluster.stop());
  const nodes = cluster.nodes.map(({ host, port }) => `${host}:${String(port)}`).join(',');
  const settings = { REDIS_MODE: 'cluster', REDIS_NODES: nodes };
  const redisUrl = cluster.servers[0]?.url ?? '';
  let runs = 0;
  return [
    {
      name: 'one',
      measure: async () => {
        await single.clear();
        return drain(queuesOfSingle, count, 2, { redisUrl: single.url, prefix: 'optout', sandbox });
      },
    },
    {
      name: 'cluster of 3 masters',
      measure: async () => {
        const prefix = `optout-${String(runs++)}`;
        const config = { mode: 'cluster', nodes: cluster.nodes, prefix } as const;
        const redis = connectRedis(config, 'worker', () => undefined);
        await untilReady(redis);
        const queues = openJobStores(redis, queuePrefix(config));
        try {
          return await drain(queues, count, 2, { redisUrl, prefix, sandbox, settings });
        } finally {
          await closeQueues(queues);
          redis.disconnect();
        }
      },
    },
  ];
}

async function sandboxWith(bench: BenchContext, people: number): Promise<Sandbox> {
  const sandbox = await startSandbox(undefined, ['--no-limits', '--log-requests', '0']);
  bench.after(() => sandbox.stop());
  await sandbox.addPeople(0, people);
  return sandbox;
}

/** Fills the paused queues with `count` events and measures how fast `processes` started workers empty them. */
async function drain(
  queues: JobStores,
  count: number,
  processes: number,
  { settings = {}, ...where }: Omit<Parameters<typeof startWorker>[0], 'cores'>,
): Promise<{ 'per second': number }> {
  await queues.inbound.pause();
  const workers = await Promise.all(
    Array.from({ length: processes }, () =>
      startWorker({ ...where, cores: undefined, settings: { ...SETTINGS, ...settings } }),
    ),
  );
  try {
    await enqueueStops(inBatches(queues), 0, count);
    const startedAt = performance.now();
    await queues.inbound.resume();
    await untilEmpty(queuesInOrder(queues), 600_000);
    return { 'per second': (count * 1_000) / (performance.now() - startedAt) };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
