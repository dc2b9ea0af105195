import type { JobStores } from '@optout-sync/shared/dead-letters';
import { Ledger } from '@optout-sync/shared/ledger';
import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import type { BenchRedis } from '../harness/bench-redis';
import type { BenchContext, Benchmark, BenchmarkReport } from '../harness/benchmark';
import { compare, type ContenderResult, type Sample } from '../harness/compare';
import { openQueues } from '../harness/queues';
import { stopEvent } from '../load/stop-events';
import { measureHistory } from './growth-history';
import { EMPTY_QUEUE, FULL_QUEUE, atSize, growthReport, pageName, type LedgerSize } from './growth-report';
import {
  PAGES,
  SAMPLE,
  addEvents,
  addDeadLetters,
  microsecondsEach,
  readPage,
  record,
  slowestListPageMs,
  slowestMs,
  subjectOf,
} from './growth-work';

const SIZES = [10_000, 100_000, 1_000_000];
const QUEUED = 100_000;

export const growth: Benchmark = {
  name: 'growth',
  about:
    'what an event costs, what Redis needs and how long queries take while the ledger and the queues grow',
  run,
};

async function run(bench: BenchContext): Promise<BenchmarkReport> {
  const redis = await bench.redis();
  const queued = bench.quick ? QUEUED / 10 : QUEUED;
  const ledger = await growLedger(bench, redis);
  const queues = await growQueues(bench, openQueues(bench, redis, 'optout'), queued);
  const history = await measureHistory(new Ledger(redis.client, { prefix: 'phones' }), bench);
  return growthReport({ ledger, queues, history }, queued);
}

async function growLedger(bench: BenchContext, redis: BenchRedis) {
  const ledger = new Ledger(redis.client, { prefix: 'optout' });
  const emptyBytes = await usedBytes(redis);
  const sizes: LedgerSize[] = [];
  const results: ContenderResult[] = [];
  let entries = 0;
  const measure = async (): Promise<Sample> => {
    const µs = await microsecondsEach(() => record(ledger, entries, SAMPLE));
    entries += SAMPLE;
    return {
      'record µs': µs,
      'show ms': await slowestMs(20, (read) => ledger.read(subjectOf(read * 100))),
      'list ms': await slowestListPageMs(ledger),
    };
  };
  for (const size of bench.quick ? SIZES.slice(0, 1) : SIZES) {
    bench.log(`filling the ledger up to ${String(size)}`);
    await record(ledger, entries, size - entries);
    entries = size;
    sizes.push({ size, bytesPerEntry: ((await usedBytes(redis)) - emptyBytes) / size });
    results.push(...(await compare([{ name: atSize(size), measure }], bench)));
  }
  return { sizes, results };
}

async function growQueues(bench: BenchContext, queues: JobStores, queued: number) {
  const adding = (name: string) =>
    compare(
      [{ name, measure: async () => ({ 'add µs': await microsecondsEach(() => addEvents(queues)) }) }],
      bench,
    );
  const empty = await adding(EMPTY_QUEUE);
  bench.log(`queueing ${String(queued)} jobs and as many dead letters`);
  for (let at = 0; at < queued; at += SAMPLE) {
    const events = Array.from({ length: SAMPLE }, (_, index) => stopEvent(at + index));
    await enqueueInboundBatch(queues, events);
  }
  const full = await adding(FULL_QUEUE);
  await addDeadLetters(queues, queued);
  const pages = await compare(
    Object.entries(PAGES).map(([name, filter]) => ({
      name: pageName(name),
      measure: async () => ({ ms: await slowestMs(5, () => readPage(queues, filter)) }),
    })),
    bench,
  );
  return { empty, full, pages };
}

async function usedBytes({ client }: BenchRedis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
}
