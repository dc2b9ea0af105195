import { join } from 'node:path';
import type { BenchRedis } from '../harness/bench-redis';
import type { Bench, Benchmark, Outcome } from '../harness/benchmark';
import { contest, figure, type Contender, type Sample } from '../harness/contest';
import { startIngest } from '../harness/our-services';
import { answersOk, startProgram, type Program } from '../harness/program';
import { ratio, summarize } from '../harness/statistics';
import type { LoadOrder, LoadReport } from '../load/load-report';
import { writePool } from '../load/pool';
import { runLoad } from '../load/run-load';
import { AUTH_TOKEN, PUBLIC_URL, deliveredRequest, stopRequest } from '../load/twilio-requests';
import { number, spread } from '../report/format';
import { atLeast, atMost } from '../report/targets';

const CONNECTIONS = 64;
const OPEN_LOOP_CONNECTIONS = 256;
const OPEN_LOOP_PER_SECOND = 1_000;

const OURS = 'optout-sync ingest';
const OURS_ALWAYS = 'ingest, AOF always';
const FORGED = 'ingest, forged signatures';
const MALFORMED = 'ingest, malformed signatures';
const STATUS = 'ingest, status callbacks';
const NODE = '(a) node:http, nothing';
const NODE_FORM = 'node:http, form parsed';
const EXPRESS = '(b) Express, form parsed';
const NAIVE = '(c) naive service';
const NAIVE_NODE = 'naive on node:http';
const CEILING = 'the load itself';

export const ingest: Benchmark = {
  name: 'ingest',
  about:
    'verified and durable webhooks a second on one core, beside servers that do less and a naive service',
  run,
};

/** What all of them are told to do. */
type Orders = Pick<LoadOrder, 'warmUpMs' | 'windowMs'>;

async function run(bench: Bench): Promise<Outcome> {
  const { cores, quick, rounds, say } = bench;
  const orders: Orders = quick ? { warmUpMs: 500, windowMs: 1_000 } : { warmUpMs: 1_500, windowMs: 4_000 };
  // Enough for one measurement: none is sent twice to who keeps them.
  const pools = await makePools(bench, quick ? 20_000 : 100_000);
  const [everysec, always] = [await bench.redis(), await bench.redis('always')];
  const peer = async (name: string, env: Record<string, string> = {}): Promise<Program> => {
    const program = await startProgram({
      name,
      file: join(__dirname, `../peers/${name}.js`),
      cores: cores?.measured,
      env: (port) => ({ PORT: String(port), ...env }),
      isReady: (port) => answersOk(`http://127.0.0.1:${String(port)}/healthz`),
    });
    bench.after(() => program.stop());
    return program;
  };
  const ours = async (redis: BenchRedis): Promise<Program> => {
    const program = await startIngest({ cores: cores?.measured, redisUrl: redis.url, prefix: 'optout' });
    bench.after(() => program.stop());
    return program;
  };

  const [onEverysec, onAlways] = [await ours(everysec), await ours(always)];
  const naiveEnv = { REDIS_URL: everysec.url, AUTH_TOKEN, PUBLIC_URL };
  const naive = await peer('naive', naiveEnv);
  const naiveNode = await peer('naive-node-http', naiveEnv);
  const load = (program: Program, pool: string, again: boolean, expected = 200): Promise<LoadReport> =>
    runLoad(
      cores?.others,
      { ...orders, port: program.port, serverPid: program.pid, pool, again, connections: CONNECTIONS },
      expected,
    );
  const idle = (name: string, program: Program, pool: string, expected?: number): Contender => ({
    name,
    measure: async () => sampleOf(await load(program, pool, true, expected)),
  });
  const keeping = (name: string, program: Program, redis: BenchRedis, queue: string): Contender => ({
    name,
    measure: async () => {
      const report = await load(program, pools.valid, false);
      await checkKept(redis, queue, report);
      await redis.clear();
      return sampleOf(report);
    },
  });

  const results = await contest(
    [
      idle(CEILING, await peer('canned-tcp'), pools.valid),
      idle(NODE, await peer('node-http'), pools.valid),
      idle(NODE_FORM, await peer('node-http-form'), pools.valid),
      idle(EXPRESS, await peer('express-form'), pools.valid),
      keeping(NAIVE, naive, everysec, 'naive:inbound-events:wait'),
      keeping(NAIVE_NODE, naiveNode, everysec, 'naive-node-http:inbound-events:wait'),
      keeping(OURS, onEverysec, everysec, 'optout:inbound-events:wait'),
      keeping(OURS_ALWAYS, onAlways, always, 'optout:inbound-events:wait'),
      idle(FORGED, onEverysec, pools.forged, 403),
      idle(MALFORMED, onEverysec, pools.malformed, 403),
      idle(STATUS, onEverysec, pools.delivered, 204),
    ],
    rounds,
    say,
  );

  const paced = (name: string, program: Program, redis: BenchRedis): Contender => ({
    name,
    measure: async () => {
      const report = await runLoad(
        cores?.others,
        {
          port: program.port,
          serverPid: program.pid,
          pool: pools.valid,
          again: false,
          connections: OPEN_LOOP_CONNECTIONS,
          warmUpMs: orders.warmUpMs,
          windowMs: quick ? 2_000 : 10_000,
          perSecond: OPEN_LOOP_PER_SECOND,
        },
        200,
      );
      await checkKept(redis, 'optout:inbound-events:wait', report);
      await redis.clear();
      return { ...sampleOf(report), ...report.latency };
    },
  });
  const latencies = await contest(
    [paced(OURS, onEverysec, everysec), paced(OURS_ALWAYS, onAlways, always)],
    rounds,
    say,
  );

  const rate = (name: string): number[] => figure(results, name, 'per second');
  const names = results.map(({ name }) => name);
  return {
    tables: [
      {
        title: `requests a second, ${String(CONNECTIONS)} connections, each waiting for its answer`,
        columns: ['server', 'requests/s', 'ratio to (a)', 'µs of CPU a request', 'server busy', 'load busy'],
        rows: names.map((name) => [
          name,
          spread(summarize(rate(name))),
          spread(ratio(rate(name), rate(NODE))),
          spread(summarize(figure(results, name, 'µs of CPU'))),
          spread(summarize(figure(results, name, 'server busy'))),
          spread(summarize(figure(results, name, 'load busy'))),
        ]),
      },
      {
        title: `milliseconds from when a request was due to its answer, ${number(OPEN_LOOP_PER_SECOND)} requests/s, open loop`,
        columns: ['server', 'p50', 'p99', 'p99.9', 'max'],
        rows: latencies.map(({ name }) => [
          name,
          ...['p50', 'p99', 'p999', 'max'].map((key) => spread(summarize(figure(latencies, name, key)))),
        ]),
      },
    ],
    targets: [
      atLeast('ingest to (a)', ratio(rate(OURS), rate(NODE)), 0.25),
      atLeast('ingest to (b)', ratio(rate(OURS), rate(EXPRESS)), 1),
      atLeast('ingest to (c)', ratio(rate(OURS), rate(NAIVE)), 3),
      atLeast('status callbacks to (a)', ratio(rate(STATUS), rate(NODE)), 0.5),
      atLeast('forged to valid signatures, requests/s', ratio(rate(FORGED), rate(OURS)), 1),
      atLeast('malformed to valid signatures, requests/s', ratio(rate(MALFORMED), rate(OURS)), 1),
      atMost('p99 at 1,000 requests/s', summarize(figure(latencies, OURS, 'p99')), 25, ' ms'),
    ],
    notes: [
      `The load can send ${spread(ratio(rate(CEILING), rate(NODE)))} times what (a) takes, measured with a server that answers without reading.`,
      'After each measurement of ingest and the naive ones Redis held as many jobs as were answered, or the run would have failed.',
    ],
    rounds: [...results, ...latencies.map(({ name, samples }) => ({ name: `${name}, 1,000/s`, samples }))],
  };
}

async function makePools(
  bench: Bench,
  size: number,
): Promise<Record<'valid' | 'forged' | 'malformed' | 'delivered', string>> {
  bench.say(`signing ${String(size)} requests`);
  const pool = async (name: string, count: number, make: (index: number) => string): Promise<string> => {
    const file = join(bench.folder, `${name}.pool`);
    await writePool(
      file,
      Array.from({ length: count }, (_, index) => make(index)),
    );
    return file;
  };
  return {
    valid: await pool('valid', size, (index) => stopRequest(index)),
    forged: await pool('forged', 10_000, (index) => stopRequest(index, 'forged')),
    malformed: await pool('malformed', 10_000, (index) => stopRequest(index, 'malformed')),
    delivered: await pool('delivered', 10_000, deliveredRequest),
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

/** @throws Error unless Redis holds a job for every request that was answered with success. */
async function checkKept(redis: BenchRedis, queue: string, { statuses }: LoadReport): Promise<void> {
  const kept = await redis.client.llen(queue);
  const answered = statuses[200] ?? 0;
  if (kept !== answered) {
    throw new Error(`${String(answered)} requests were answered, ${String(kept)} are in ${queue}`);
  }
}
