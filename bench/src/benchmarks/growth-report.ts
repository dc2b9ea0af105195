import type { BenchmarkReport, PerformanceTarget, Table } from '../harness/benchmark';
import { figures, type ContenderResult } from '../harness/compare';
import { summarize, type Summary } from '../harness/statistics';
import { number, spread, spreadOf } from '../report/format';
import { atMost } from '../report/targets';
import { historyTable, historyTarget } from './growth-history';
import { LIST_PAGES, SAMPLE, WIDTH } from './growth-work';

type Results = readonly ContenderResult[];

export interface LedgerSize {
  /** Number of entries. */
  readonly size: number;
  readonly bytesPerEntry: number;
}
export interface LedgerResults {
  readonly sizes: readonly LedgerSize[];
  readonly results: Results;
}
export interface QueueResults {
  readonly empty: Results;
  readonly full: Results;
  readonly pages: Results;
}

export const EMPTY_QUEUE = 'no jobs queued';
export const FULL_QUEUE = 'jobs queued';
export const atSize = (size: number): string => `${number(size)} entries`;
export const pageName = (filter: string): string => `page ${filter}`;

export function growthReport(
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
