import type { JobStores } from '@optout-sync/shared/dead-letters';
import { Ledger } from '@optout-sync/shared/ledger';
import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import type {
  BenchContext,
  Benchmark,
  BenchmarkReport,
  PerformanceTarget,
  Table,
} from '../harness/benchmark';
import {
  compare,
  figures,
  summarize,
  type ContenderResult,
  type Sample,
  type Summary,
} from '../harness/compare';
import { openQueues } from '../harness/queues';
import type { BenchRedis } from '../harness/redis';
import { atMost, number, spread, spreadOf } from '../harness/report';
import { stopEvent } from '../load/events';
import {
  addDeadLetters,
  addEvents,
  historyTable,
  historyTarget,
  LIST_PAGES,
  measureHistory,
  microsecondsEach,
  PAGES,
  readPage,
  record,
  SAMPLE,
  slowestListPageMs,
  slowestMs,
  subjectOf,
  WIDTH,
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
  const queued = bench.quick ? QUEUED / 20 : QUEUED;
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

type Results = readonly ContenderResult[];

interface LedgerSize {
  /** Number of entries. */
  readonly size: number;
  readonly bytesPerEntry: number;
}
interface LedgerResults {
  readonly sizes: readonly LedgerSize[];
  readonly results: Results;
}
interface QueueResults {
  readonly empty: Results;
  readonly full: Results;
  readonly pages: Results;
}

const EMPTY_QUEUE = 'no jobs queued';
const FULL_QUEUE = 'jobs queued';
const atSize = (size: number): string => `${number(size)} entries`;
const pageName = (filter: string): string => `page ${filter}`;

function growthReport(
  {
    ledger,
    queues,
    history,
  }: { readonly ledger: LedgerResults; readonly queues: QueueResults; readonly history: Results },
  queued: number,
): BenchmarkReport {
  const { empty, full, pages } = queues;
  return {
    tables: [ledgerTable(ledger), historyTable(history), queueTable(queues, queued)],
    targets: [...targets(ledger, pages), historyTarget(history)],
    notes: [
      `Costs are the duration of ${number(SAMPLE)} operations, ${String(WIDTH)} at once, divided by their number; an opt-out is one STOP that was applied to one person.`,
    ],
    rounds: [...ledger.results, ...history, ...empty, ...full, ...pages],
  };
}

function ledgerTable({ sizes, results }: LedgerResults): Table {
  return {
    title: 'the ledger as it grows',
    columns: [
      'entries',
      'µs to record and settle one more',
      'slowest of 20 reads of an entry, ms',
      `slowest of ${String(LIST_PAGES)} pages of the list, ms`,
      'bytes of Redis an opt-out',
    ],
    rows: sizes.map(({ size, bytesPerEntry }) => [
      number(size),
      ...['record µs', 'show ms', 'list ms'].map((key) => spreadOf(results, atSize(size), key)),
      number(bytesPerEntry),
    ]),
  };
}

function queueTable({ empty, full, pages }: QueueResults, queued: number): Table {
  return {
    title: `queues with ${number(queued)} jobs`,
    columns: ['what', 'figure'],
    rows: [
      ['µs to add an event to an empty queue', spreadOf(empty, EMPTY_QUEUE, 'add µs')],
      ['µs to add an event to the full queue', spreadOf(full, FULL_QUEUE, 'add µs')],
      ...pages.map(({ name }) => [
        `slowest of 5 reads of a ${name} of dead letters, ms`,
        spread(summarize(figures(pages, name, 'ms'))),
      ]),
    ],
  };
}

function targets({ sizes, results }: LedgerResults, pages: Results): PerformanceTarget[] {
  const [smallest, largest] = [sizes[0]?.size ?? 0, sizes.at(-1)?.size ?? 0];
  const at = (size: number, key: string): Summary => summarize(figures(results, atSize(size), key));
  return [
    atMost('bytes of Redis an opt-out', summarize([sizes.at(-1)?.bytesPerEntry ?? Number.NaN]), 400),
    atMost(
      `recording at ${number(largest)} entries to that at ${number(smallest)}`,
      summarize([at(largest, 'record µs').median / at(smallest, 'record µs').median]),
      1.1,
    ),
    atMost(`a page of the list at ${number(largest)} entries`, at(largest, 'list ms'), 100, ' ms'),
    ...pages.map(({ name }) =>
      atMost(`${name} of dead letters`, summarize(figures(pages, name, 'ms')), 100, ' ms'),
    ),
  ];
}
