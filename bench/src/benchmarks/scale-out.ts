import { join } from 'node:path';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { closeQueues } from '@optout-sync/shared/queues';
import { connectRedis, queuePrefix, untilReady } from '@optout-sync/shared/redis';
import { startCluster } from '@optout-sync/testkit';
import type { Bench, Benchmark, Outcome } from '../harness/benchmark';
import { contest, figure, type Contender } from '../harness/contest';
import { startSandbox, type Sandbox } from '../harness/customerio';
import { flowOf, queuesOf } from '../harness/open-queues';
import { startIngest, startWorker } from '../harness/our-services';
import type { Program } from '../harness/program';
import { ratio, summarize } from '../harness/statistics';
import { enqueueStops, untilEmpty } from '../load/events';
import { writePool } from '../load/pool';
import { runLoad } from '../load/run-load';
import { stopRequest } from '../load/twilio-requests';
import { spread } from '../report/format';

const CONNECTIONS = 64;
const SETTINGS = { CUSTOMERIO_APP_RPS: '1000', CUSTOMERIO_TRACK_RPS: '1000' };

export const scaleOut: Benchmark = {
  name: 'scale-out',
  about: 'several ingest and worker processes on one Redis, none of them pinned',
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const { rounds, say } = bench;
  const ingests = await contest(await ingestContenders(bench), rounds, say);
  const workers = await contest(await workerContenders(bench), rounds, say);
  const shards = await contest(await shardContenders(bench), rounds, say);
  const all = [...ingests, ...workers, ...shards];
  const rate = (name: string): number[] => figure(all, name, 'per second');
  const rows = (results: typeof all): string[][] =>
    results.map(({ name }) => [
      name,
      spread(summarize(rate(name))),
      spread(ratio(rate(name), rate(results[0]?.name ?? ''))),
    ]);
  const columns = ['processes', 'a second', 'ratio to one'];
  return {
    tables: [
      { title: 'webhooks', columns, rows: rows(ingests) },
      { title: 'events through record and sync', columns, rows: rows(workers) },
      {
        title: 'events through record and sync, 2 workers on a Redis Cluster of 3 masters',
        columns: ['QUEUE_SHARDS', 'a second', 'ratio to one'],
        rows: rows(shards),
      },
    ],
    targets: [],
    notes: [
      'Load, Redis and sandbox share the same cores: on a machine of few cores more processes can not add much.',
    ],
    rounds: all,
  };
}

/** So many ingests, each with a load of its own. */
async function ingestContenders(bench: Bench): Promise<Contender[]> {
  const redis = await bench.redis();
  const counts = [1, 2];
  const pools = await Promise.all(
    counts.map(async (_, index) => {
      const file = join(bench.folder, `scale-out-${String(index)}.pool`);
      const size = bench.quick ? 20_000 : 80_000;
      await writePool(
        file,
        Array.from({ length: size }, (__, at) => stopRequest(at)),
      );
      return file;
    }),
  );
  const programs: Program[] = [];
  while (programs.length < pools.length) {
    const program = await startIngest({ cores: undefined, redisUrl: redis.url, prefix: 'optout' });
    bench.after(() => program.stop());
    programs.push(program);
  }
  return counts.map((count) => ({
    name: `${String(count)} ingest`,
    measure: async () => {
      const reports = await Promise.all(
        programs.slice(0, count).map(({ port, pid }, index) =>
          runLoad(
            undefined,
            {
              port,
              serverPid: pid,
              pool: pools[index] ?? '',
              again: false,
              connections: CONNECTIONS / count,
              warmUpMs: 500,
              windowMs: bench.quick ? 1_000 : 4_000,
            },
            200,
          ),
        ),
      );
      await redis.clear();
      return { 'per second': reports.reduce((sum, { answers, seconds }) => sum + answers / seconds, 0) };
    },
  }));
}

/** Workers on a queue that is filled beforehand. They run for one measurement each: an idle one would help. */
async function workerContenders(bench: Bench): Promise<Contender[]> {
  const count = bench.quick ? 2_000 : 20_000;
  const redis = await bench.redis();
  const sandbox = await sandboxWith(bench, count);
  const queues = queuesOf(bench, redis, 'optout');
  return [1, 2, 4].map((processes) => ({
    name: `${String(processes)} worker${processes > 1 ? 's' : ''}`,
    measure: async () => {
      await redis.clear();
      return drained(queues, count, processes, { redisUrl: redis.url, prefix: 'optout', sandbox });
    },
  }));
}

/** The same with the queues spread over a cluster. Each measurement has a prefix, and so keys, of its own. */
async function shardContenders(bench: Bench): Promise<Contender[]> {
  const count = bench.quick ? 2_000 : 20_000;
  const cluster = await startCluster();
  bench.after(() => cluster.stop());
  const sandbox = await sandboxWith(bench, count);
  const nodes = cluster.nodes.map(({ host, port }) => `${host}:${String(port)}`).join(',');
  const redisUrl = cluster.servers[0]?.url ?? '';
  let runs = 0;
  return [1, 3, 6].map((shards) => ({
    name: String(shards),
    measure: async () => {
      const prefix = `optout-${String(runs++)}`;
      const config = { mode: 'cluster', nodes: cluster.nodes, prefix } as const;
      const redis = connectRedis(config, 'worker', () => undefined);
      await untilReady(redis);
      const queues = openJobStores(redis, queuePrefix(config), { shards });
      const settings = { REDIS_MODE: 'cluster', REDIS_NODES: nodes, QUEUE_SHARDS: String(shards) };
      try {
        return await drained(queues, count, 2, { redisUrl, prefix, sandbox, settings });
      } finally {
        await closeQueues(queues);
        redis.disconnect();
      }
    },
  }));
}

async function sandboxWith(bench: Bench, people: number): Promise<Sandbox> {
  const sandbox = await startSandbox(undefined, ['--no-limits', '--log-requests', '0']);
  bench.after(() => sandbox.stop());
  await sandbox.addPeople(0, people);
  return sandbox;
}

/** Fills the queues and times so many workers, started beforehand, emptying them. */
async function drained(
  queues: JobStores,
  count: number,
  processes: number,
  { settings = {}, ...where }: Omit<Parameters<typeof startWorker>[0], 'cores'>,
): Promise<{ 'per second': number }> {
  const inbound = queues.shards.map((shard) => shard.inbound);
  await Promise.all(inbound.map((queue) => queue.pause()));
  const workers = await Promise.all(
    Array.from({ length: processes }, () =>
      startWorker({ ...where, cores: undefined, settings: { ...SETTINGS, ...settings } }),
    ),
  );
  try {
    await enqueueStops(queues, 0, count);
    const startedAt = performance.now();
    await Promise.all(inbound.map((queue) => queue.resume()));
    await untilEmpty(flowOf(queues), 600_000);
    return { 'per second': (count * 1_000) / (performance.now() - startedAt) };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
