import { join } from 'node:path';
import type { Bench, Benchmark, Outcome } from '../harness/benchmark';
import { contest, figure, type Contender } from '../harness/contest';
import { startSandbox } from '../harness/customerio';
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
  const all = [...ingests, ...workers];
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

/** So many workers, on a queue that is filled beforehand. They run for one measurement each: an idle one would help. */
async function workerContenders(bench: Bench): Promise<Contender[]> {
  const count = bench.quick ? 2_000 : 20_000;
  const redis = await bench.redis();
  const sandbox = await startSandbox(undefined, ['--no-limits', '--log-requests', '0']);
  bench.after(() => sandbox.stop());
  await sandbox.addPeople(0, count);
  const queues = queuesOf(bench, redis, 'optout');
  return [1, 2, 4].map((processes) => ({
    name: `${String(processes)} worker${processes > 1 ? 's' : ''}`,
    measure: async () => {
      await redis.clear();
      await queues.shards[0].inbound.pause();
      const workers = await Promise.all(
        Array.from({ length: processes }, () =>
          startWorker({
            cores: undefined,
            redisUrl: redis.url,
            prefix: 'optout',
            sandbox,
            settings: SETTINGS,
          }),
        ),
      );
      try {
        await enqueueStops(queues, 0, count);
        const startedAt = performance.now();
        await queues.shards[0].inbound.resume();
        await untilEmpty(flowOf(queues), 600_000);
        return { 'per second': (count * 1_000) / (performance.now() - startedAt) };
      } finally {
        await Promise.all(workers.map((worker) => worker.stop()));
      }
    },
  }));
}
