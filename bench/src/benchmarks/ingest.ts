import { join } from 'node:path';
import type { BenchContext, Benchmark, BenchmarkReport } from '../harness/benchmark';
import { compare, type Contender, type Sample } from '../harness/compare';
import type { Program } from '../harness/program';
import { storedEvents } from '../harness/queues';
import type { BenchRedis } from '../harness/redis';
import { deliveredRequest, stopRequest, writePool } from '../load/requests';
import { runLoad, type LoadOptions, type LoadReport } from '../load/run-load';
import {
  ALWAYS,
  CEILING,
  CONNECTIONS,
  EXPRESS,
  FORGED,
  ingestReport,
  MALFORMED,
  NAIVE,
  NAIVE_NODE,
  NODE,
  NODE_FORM,
  OPEN_LOOP_PER_SECOND,
  OURS,
  STATUS,
} from './ingest-report';
import { startServers, type IngestServers } from './ingest-servers';

const OPEN_LOOP_CONNECTIONS = 256;
const OUR_QUEUE = 'optout:inbound-events';

export const ingest: Benchmark = {
  name: 'ingest',
  about:
    'verified and durable webhooks a second on one core, beside servers that do less and a naive service',
  run,
};

type Pools = Readonly<Record<'valid' | 'forged' | 'malformed' | 'delivered', string>>;

/** What the contenders are measured with. */
interface Setup {
  readonly bench: BenchContext;
  readonly pools: Pools;
  readonly everysec: BenchRedis;
  readonly always: BenchRedis;
  readonly servers: IngestServers;
}

async function run(bench: BenchContext): Promise<BenchmarkReport> {
  // Enough for one measurement: no request is sent twice to a server that stores it.
  const pools = await writePools(bench, bench.quick ? 5_000 : 100_000);
  const [everysec, always] = [await bench.redis(), await bench.redis('always')];
  const servers = await startServers(bench, everysec, always);
  const setup = { bench, pools, everysec, always, servers };
  const throughput = await compare(throughputContenders(setup), bench);
  const latency = await compare(latencyContenders(setup), bench);
  return ingestReport(throughput, latency);
}

function throughputContenders(setup: Setup): Contender[] {
  const { pools, everysec, always, servers } = setup;
  return [
    unstored(setup, CEILING, servers.cannedTcp, pools.valid),
    unstored(setup, NODE, servers.nodeHttp, pools.valid),
    unstored(setup, NODE_FORM, servers.nodeHttpForm, pools.valid),
    unstored(setup, EXPRESS, servers.expressForm, pools.valid),
    stored(setup, NAIVE, servers.naive, everysec, 'naive:inbound-events'),
    stored(setup, NAIVE_NODE, servers.naiveNodeHttp, everysec, 'naive-node-http:inbound-events'),
    stored(setup, OURS, servers.ingest, everysec, OUR_QUEUE),
    stored(setup, ALWAYS, servers.ingestOnAlways, always, OUR_QUEUE),
    unstored(setup, FORGED, servers.ingest, pools.forged, 403),
    unstored(setup, MALFORMED, servers.ingest, pools.malformed, 403),
    unstored(setup, STATUS, servers.ingest, pools.delivered, 204),
  ];
}

function latencyContenders(setup: Setup): Contender[] {
  const { everysec, always, servers } = setup;
  return [
    openLoop(setup, OURS, servers.ingest, everysec),
    openLoop(setup, ALWAYS, servers.ingestOnAlways, always),
  ];
}

/** A server that stores nothing of these requests, so that they may be sent again. */
function unstored(setup: Setup, name: string, program: Program, pool: string, expected = 200): Contender {
  return {
    name,
    measure: async () => sampleOf(await closedLoop(setup, program, pool, true, expected)),
  };
}

/** A server that adds a job to `queue` for each request. */
function stored(setup: Setup, name: string, program: Program, redis: BenchRedis, queue: string): Contender {
  return {
    name,
    measure: async () => {
      const report = await closedLoop(setup, program, setup.pools.valid, false, 200);
      await checkStored(redis, queue, report);
      await redis.clear();
      return sampleOf(report);
    },
  };
}

function openLoop({ bench, pools }: Setup, name: string, program: Program, redis: BenchRedis): Contender {
  return {
    name,
    measure: async () => {
      const report = await runLoad(
        bench.cores?.others,
        {
          ...loadOf(program, pools.valid),
          again: false,
          connections: OPEN_LOOP_CONNECTIONS,
          warmUpMs: windowOf(bench).warmUpMs,
          windowMs: bench.quick ? 1_000 : 10_000,
          perSecond: OPEN_LOOP_PER_SECOND,
        },
        200,
      );
      await checkStored(redis, OUR_QUEUE, report);
      await redis.clear();
      return { ...sampleOf(report), ...report.latency };
    },
  };
}

function closedLoop(
  { bench }: Setup,
  program: Program,
  pool: string,
  again: boolean,
  expected: number,
): Promise<LoadReport> {
  const options = { ...loadOf(program, pool), ...windowOf(bench), again, connections: CONNECTIONS };
  return runLoad(bench.cores?.others, options, expected);
}

const windowOf = ({ quick }: BenchContext): Pick<LoadOptions, 'warmUpMs' | 'windowMs'> =>
  quick ? { warmUpMs: 200, windowMs: 500 } : { warmUpMs: 1_500, windowMs: 4_000 };

const loadOf = ({ port, pid }: Program, pool: string): Pick<LoadOptions, 'port' | 'serverPid' | 'pool'> => ({
  port,
  serverPid: pid,
  pool,
});

async function writePools(bench: BenchContext, size: number): Promise<Pools> {
  bench.log(`signing ${String(size)} requests`);
  const others = bench.quick ? 1_000 : 10_000;
  const pool = async (name: string, count: number, make: (index: number) => string): Promise<string> => {
    const file = join(bench.folder, `${name}.pool`);
    const requests = Array.from({ length: count }, (_, index) => make(index));
    await writePool(file, requests);
    return file;
  };
  return {
    valid: await pool('valid', size, (index) => stopRequest(index)),
    forged: await pool('forged', others, (index) => stopRequest(index, 'forged')),
    malformed: await pool('malformed', others, (index) => stopRequest(index, 'malformed')),
    delivered: await pool('delivered', others, deliveredRequest),
  };
}

function sampleOf({ answers, seconds, serverCpu = Number.NaN, loadCpu }: LoadReport): Sample {
  return {
    'per second': answers / seconds,
    'µs of CPU': (serverCpu * 1e6) / answers,
    'server busy': serverCpu / seconds,
    'load busy': loadCpu / seconds,
  };
}

/** @throws {Error} unless Redis holds an event for every request that was answered 200 */
async function checkStored(redis: BenchRedis, queue: string, { statuses }: LoadReport): Promise<void> {
  const stored = await storedEvents(redis, queue);
  const answered = statuses[200] ?? 0;
  if (stored !== answered) {
    throw new Error(
      `${String(answered)} requests were answered 200, ${queue} holds ${String(stored)} events`,
    );
  }
}
