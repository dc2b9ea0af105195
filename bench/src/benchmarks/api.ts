import { join } from 'node:path';
import { ApiTokens } from '@optout-sync/operations';
import { MessageSid, type InboundEvent } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import type { BenchContext, Benchmark, BenchmarkReport } from '../harness/benchmark';
import { compare, figures, summarize, type Contender, type ContenderResult } from '../harness/compare';
import type { Program } from '../harness/program';
import type { BenchRedis } from '../harness/redis';
import { atLeast, spreadOf } from '../harness/report';
import { phoneOf, startConsole } from '../harness/services';
import { writePool } from '../load/requests';
import { runLoad } from '../load/run-load';

const PREFIX = 'optout';
const CONNECTIONS = 64;
const STATE = 'the state of one number';
const LOOK_UP = 'a look-up of 100 numbers';
/** Requests a second on one core. */
const WANTED = 2_000;

export const api: Benchmark = {
  name: 'api',
  about: 'requests a second that the API of the console answers on one core',
  run,
};

async function run(bench: BenchContext): Promise<BenchmarkReport> {
  const size = bench.quick ? 1_000 : 100_000;
  const redis = await bench.redis();
  await recordStops(bench, redis, size);
  const token = await new ApiTokens(redis.client, PREFIX).add({
    name: 'bench',
    scopes: ['optouts:read'],
    createdAt: Date.now(),
    by: 'bench',
    why: 'a measurement',
  });
  const program = await startConsole({
    cores: bench.cores?.measured,
    redisUrl: redis.url,
    prefix: PREFIX,
    settings: { CONSOLE_API_RPS: '100000' },
  });
  bench.after(() => program.stop());
  await checkAnswer(program, token);
  const requests = 5_000;
  const results = await compare(
    [
      await contender(bench, program, STATE, requests, (n) => get(token, phoneOf(n % size))),
      await contender(bench, program, LOOK_UP, 100, (n) =>
        lookUp(
          token,
          Array.from({ length: 100 }, (_, at) => phoneOf((n * 100 + at) % size)),
        ),
      ),
    ],
    bench,
  );
  return report(results, size);
}

async function recordStops(bench: BenchContext, redis: BenchRedis, size: number): Promise<void> {
  bench.log(`recording ${String(size)} STOPs`);
  const ledger = new Ledger(redis.client, { prefix: PREFIX });
  const batch = 500;
  for (let first = 0; first < size; first += batch) {
    await ledger.recordAll(
      Array.from({ length: Math.min(batch, size - first) }, (_, at) => {
        const event = stopOf(first + at);
        return { subject: { workspace: 'default', channel: 'sms', phone: event.phone }, event };
      }),
    );
  }
}

function stopOf(index: number): InboundEvent {
  const at = 1_772_013_598_000 + index;
  return {
    version: 1,
    messageSid: MessageSid.parse(`SM${index.toString(16).padStart(32, '0')}`),
    accountSid: `AC${'0'.repeat(32)}`,
    kind: 'stop',
    channel: 'sms',
    phone: phoneOf(index) as InboundEvent['phone'],
    sender: '+15005550006',
    source: 'webhook',
    occurredAt: at,
    receivedAt: at,
  };
}

/** @throws {Error} unless the API answers what the ledger holds */
async function checkAnswer({ port }: Program, token: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/api/v1/optouts/${phoneOf(0)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const body = (await response.json()) as { readonly state?: string };
  if (body.state !== 'stopped') throw new Error(`the API answered ${JSON.stringify(body)}`);
}

async function contender(
  bench: BenchContext,
  { pid, port }: Program,
  name: string,
  count: number,
  request: (n: number) => string,
): Promise<Contender> {
  const pool = join(bench.folder, `api-${name.replaceAll(' ', '-')}.pool`);
  await writePool(
    pool,
    Array.from({ length: count }, (_, n) => request(n)),
  );
  const window = bench.quick ? { warmUpMs: 200, windowMs: 500 } : { warmUpMs: 1_500, windowMs: 4_000 };
  return {
    name,
    measure: async () => {
      const options = { port, serverPid: pid, pool, again: true, connections: CONNECTIONS, ...window };
      const {
        answers,
        seconds,
        serverCpu = Number.NaN,
        loadCpu,
      } = await runLoad(bench.cores?.others, options, 200);
      return {
        'per second': answers / seconds,
        'µs of CPU': (serverCpu * 1e6) / answers,
        // Hardly changes when other programs use the core, unlike the rate.
        'per second of CPU': answers / serverCpu,
        'server busy': serverCpu / seconds,
        'load busy': loadCpu / seconds,
      };
    },
  };
}

const get = (token: string, phone: string): string =>
  [`GET /api/v1/optouts/${phone} HTTP/1.1`, 'host: 127.0.0.1', `authorization: Bearer ${token}`, '', ''].join(
    '\r\n',
  );

function lookUp(token: string, phones: readonly string[]): string {
  const body = JSON.stringify({ phones });
  return [
    'POST /api/v1/lookups HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    `content-length: ${String(Buffer.byteLength(body))}`,
    '',
    body,
  ].join('\r\n');
}

function report(results: readonly ContenderResult[], size: number): BenchmarkReport {
  const columns = ['per second', 'per second of CPU', 'µs of CPU', 'server busy', 'load busy'] as const;
  return {
    tables: [
      {
        title: `requests a second, ${String(CONNECTIONS)} connections, each waiting for its answer`,
        columns: [
          'request',
          'requests/s',
          'a second of CPU',
          'µs of CPU a request',
          'server busy',
          'load busy',
        ],
        rows: results.map(({ name }) => [name, ...columns.map((key) => spreadOf(results, name, key))]),
      },
    ],
    targets: [
      atLeast(
        'the state of a number, requests a second of CPU',
        summarize(figures(results, STATE, 'per second of CPU')),
        WANTED,
      ),
    ],
    notes: [
      `The ledger held ${String(size)} opt-outs. Each request had a token, counted against the rate limit in Redis, and read the ledger.`,
    ],
    rounds: results,
  };
}
