import { join } from 'node:path';
import type { Queue } from 'bullmq';
import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from '@optout-sync/testkit';
import type { BenchContext, Benchmark, BenchmarkReport } from '../harness/benchmark';
import { summarize } from '../harness/compare';
import { limitMemory, type MemoryLimit } from '../harness/memory-limit';
import { peakMb } from '../harness/process-usage';
import type { Program } from '../harness/program';
import { openQueues, storedEvents } from '../harness/queues';
import type { BenchRedis } from '../harness/redis';
import { atMost, number } from '../harness/report';
import { startIngest, startSandbox, startWorker } from '../harness/services';
import { untilEmpty } from '../load/events';
import { stopRequest, writePool } from '../load/requests';
import { runLoad } from '../load/run-load';

const MEBIBYTE = 1_048_576;
/** What a container of each service gets, in MiB. */
const LIMIT_MIB = 256;
const PER_SECOND = 1_000;
const PREFIX = 'optout';
const SETTINGS = { CUSTOMERIO_APP_RPS: '1000', CUSTOMERIO_TRACK_RPS: '1000' };

export const memoryLimit: Benchmark = {
  name: 'memory',
  about: `the most memory of both services, each limited to ${String(LIMIT_MIB)} MiB, with a full spool, a full queue and ${number(PER_SECOND)} webhooks a second`,
  run,
};

interface Services {
  readonly ingest: Program;
  readonly worker: Program;
  readonly limits: readonly MemoryLimit[];
}

/**
 * 1. Redis is unreachable for ingest, whose spool takes `queued` STOPs.
 * 2. Redis is back: ingest drains its spool while webhooks come in.
 * 3. When the spool is empty, the worker starts on the queue, which holds all of them.
 *
 * @throws {Error} when a service is killed, or when the ledger does not hold each STOP once at the end
 */
async function run(bench: BenchContext): Promise<BenchmarkReport> {
  const [queued, seconds] = bench.quick ? [3_000, 2] : [100_000, 30];
  const live = seconds * PER_SECOND;
  const redis = await bench.redis();
  const { inbound } = openQueues(bench, redis, PREFIX);
  await inbound.pause();
  const proxy = await TcpProxy.start({ port: Number(new URL(redis.url).port) });
  bench.after(() => proxy.stop());
  const services = await startServices(bench, redis, proxy, queued + live);
  const { ingest, worker } = services;

  await proxy.refuse();
  await checked(services, spoolStops(bench, ingest, queued));
  bench.log(`spooled ${number(queued)} STOPs: ingest ${number(peakMb(ingest.pid))} MB at most`);
  await proxy.accept();
  const load = sendStops(bench, ingest, queued, live);
  const drained = drain(services, redis, inbound, queued);
  await checked(services, Promise.all([load, drained]));
  await checked(
    services,
    untilSpoolEmpty(ingest).then(() => untilEmpty([inbound], 3_600_000)),
  );
  const recorded = await sumOfMetric(worker, 'optout_ledger_changes_total');
  // A load ends at random between two requests.
  if (recorded !== queued + (await load)) {
    throw new Error(`the ledger holds ${String(recorded)} STOPs of ${String(queued + (await load))}`);
  }
  return report(services, queued);
}

async function startServices(
  bench: BenchContext,
  redis: BenchRedis,
  proxy: TcpProxy,
  people: number,
): Promise<Services> {
  const sandbox = await startSandbox(bench.cores?.others, ['--no-limits', '--log-requests', '0']);
  bench.after(() => sandbox.stop());
  await sandbox.addPeople(0, people);
  const limits: MemoryLimit[] = [];
  const limited = (name: string): MemoryLimit | undefined => {
    const limit = limitMemory(`optout-sync-bench-${String(process.pid)}-${name}`, LIMIT_MIB * MEBIBYTE);
    if (!limit) return undefined;
    limits.push(limit);
    bench.after(async () => {
      limit.remove();
      await Promise.resolve();
    });
    return limit;
  };
  const options = { cores: undefined, prefix: PREFIX };
  const redisUrl = `redis://127.0.0.1:${String(proxy.port)}`;
  const ingest = await startIngest({ ...options, redisUrl, limit: limited('ingest') });
  bench.after(() => ingest.stop());
  const worker = await startWorker({
    ...options,
    redisUrl: redis.url,
    sandbox,
    settings: SETTINGS,
    limit: limited('worker'),
  });
  bench.after(() => worker.stop());
  return { ingest, worker, limits };
}

/** Sends STOPs as fast as they are answered. */
async function spoolStops(bench: BenchContext, { port }: Program, count: number): Promise<void> {
  const pool = await stopPool(bench, 'spooled', 0, count);
  const window = { warmUpMs: 0, windowMs: 3_600_000 };
  await runLoad(bench.cores?.others, { port, pool, again: false, connections: 64, ...window }, 200);
}

/** Sends STOPs at an even rate. Returns how many were sent. */
async function sendStops(
  bench: BenchContext,
  { port }: Program,
  first: number,
  count: number,
): Promise<number> {
  // The requests fall due at random times: some more may be needed.
  const pool = await stopPool(bench, 'live', first, Math.ceil(count * 1.1));
  const window = { warmUpMs: 0, windowMs: (count * 1_000) / PER_SECOND };
  const options = { port, pool, again: false, connections: 256, perSecond: PER_SECOND, ...window };
  const { statuses } = await runLoad(bench.cores?.others, options, 200);
  return statuses[200] ?? 0;
}

async function stopPool(
  { folder }: BenchContext,
  name: string,
  first: number,
  count: number,
): Promise<string> {
  const pool = join(folder, `${name}.pool`);
  await writePool(
    pool,
    Array.from({ length: count }, (_, index) => stopRequest(first + index)),
  );
  return pool;
}

/** Waits until the spool is empty and resumes the queue, which then holds all that was in the spool. */
async function drain({ ingest }: Services, redis: BenchRedis, inbound: Queue, queued: number): Promise<void> {
  await untilSpoolEmpty(ingest);
  const held = await storedEvents(redis, `${PREFIX}:inbound-events`);
  if (held < queued) throw new Error(`the queue holds ${String(held)} events instead of ${String(queued)}`);
  await inbound.resume();
}

async function untilSpoolEmpty(ingest: Program): Promise<void> {
  const isEmpty = async (): Promise<boolean> => (await sumOfMetric(ingest, 'optout_spool_items')) === 0;
  await waitFor(isEmpty, { what: 'the spool to be empty', timeoutMs: 600_000, everyMs: 200 });
}

/** @throws {Error} when a service has been killed meanwhile, whatever became of the work */
async function checked<T>({ ingest, worker, limits }: Services, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    const ended = [ingest, worker].filter((program) => program.hasEnded()).map(({ name }) => name);
    const kills = limits.reduce((sum, limit) => sum + limit.kills(), 0);
    if (ended.length > 0 || kills > 0) {
      // eslint-disable-next-line no-unsafe-finally -- says why the work failed
      throw new Error(`${ended.join(' and ')} ended, and the kernel killed ${String(kills)} processes`);
    }
  }
}

async function sumOfMetric({ otherPort }: Program, name: string): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${String(otherPort)}/metrics`)).text();
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function report({ ingest, worker, limits }: Services, queued: number): BenchmarkReport {
  const peaks = [ingest, worker].map(({ name, pid }) => ({ name, MB: peakMb(pid) }));
  const limitMb = (LIMIT_MIB * MEBIBYTE) / 1e6;
  return {
    tables: [
      {
        title: `with ${number(queued)} STOPs in the spool, then in the queue, then ${number(PER_SECOND)} webhooks/s (MB = 10^6 bytes)`,
        columns: ['service', 'limit, MB', 'most resident memory, MB'],
        rows: peaks.map(({ name, MB }) => [name, number(limitMb), number(MB)]),
      },
    ],
    targets: peaks.map(({ name, MB }) => atMost(`${name}: MB at most`, summarize([MB]), limitMb)),
    notes: [
      limits.length > 0
        ? 'Each service ran in a control group with this limit and without swap, and was not killed.'
        : 'No control group could be made here: the services ran without a limit.',
    ],
    rounds: peaks.map(({ name, MB }) => ({ name, samples: [{ MB }] })),
  };
}
