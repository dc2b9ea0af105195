import type { BenchmarkReport, PerformanceTarget, Table } from '../harness/benchmark';
import { figures, ratio, summarize, type ContenderResult } from '../harness/compare';
import { atLeast, atMost, number, spread, spreadOf } from '../harness/report';

export const CONNECTIONS = 64;
export const OPEN_LOOP_PER_SECOND = 1_000;

export const OURS = 'optout-sync ingest';
export const ALWAYS = 'ingest, AOF always';
export const FORGED = 'ingest, forged signatures';
export const MALFORMED = 'ingest, malformed signatures';
export const STATUS = 'ingest, status callbacks';
export const NODE = '(a) node:http, nothing';
export const NODE_FORM = 'node:http, form parsed';
export const EXPRESS = '(b) Express, form parsed';
export const NAIVE = '(c) naive service';
export const NAIVE_NODE = 'naive on node:http';
export const CEILING = 'the load itself';

type Results = readonly ContenderResult[];

export function ingestReport(throughput: Results, latency: Results): BenchmarkReport {
  return {
    tables: [throughputTable(throughput), latencyTable(latency)],
    targets: targets(throughput, latency),
    notes: [
      `The load can send ${spread(ratio(rate(throughput, CEILING), rate(throughput, NODE)))} times what (a) takes, measured with a server that answers without reading.`,
      'After each measurement of ingest and the naive services Redis held as many jobs as requests were answered 200; otherwise the run fails.',
    ],
    rounds: [...throughput, ...latency.map(({ name, samples }) => ({ name: `${name}, 1,000/s`, samples }))],
  };
}

const rate = (results: Results, name: string): number[] => figures(results, name, 'per second');

function throughputTable(results: Results): Table {
  return {
    title: `requests a second, ${String(CONNECTIONS)} connections, each waiting for its answer`,
    columns: ['server', 'requests/s', 'ratio to (a)', 'µs of CPU a request', 'server busy', 'load busy'],
    rows: results.map(({ name }) => [
      name,
      spreadOf(results, name, 'per second'),
      spread(ratio(rate(results, name), rate(results, NODE))),
      spreadOf(results, name, 'µs of CPU'),
      spreadOf(results, name, 'server busy'),
      spreadOf(results, name, 'load busy'),
    ]),
  };
}

function latencyTable(results: Results): Table {
  return {
    title: `milliseconds from when a request was due to its answer, ${number(OPEN_LOOP_PER_SECOND)} requests/s, open loop`,
    columns: ['server', 'p50', 'p99', 'p99.9', 'max'],
    rows: results.map(({ name }) => [
      name,
      ...['p50', 'p99', 'p999', 'max'].map((key) => spreadOf(results, name, key)),
    ]),
  };
}

function targets(throughput: Results, latency: Results): PerformanceTarget[] {
  const compared = (one: string, other: string) => ratio(rate(throughput, one), rate(throughput, other));
  return [
    atLeast('ingest to (a)', compared(OURS, NODE), 0.25),
    atLeast('ingest to (b)', compared(OURS, EXPRESS), 1),
    atLeast('ingest to (c)', compared(OURS, NAIVE), 3),
    atLeast('status callbacks to (a)', compared(STATUS, NODE), 0.5),
    atLeast('forged to valid signatures, requests/s', compared(FORGED, OURS), 1),
    atLeast('malformed to valid signatures, requests/s', compared(MALFORMED, OURS), 1),
    atMost('p99 at 1,000 requests/s', summarize(figures(latency, OURS, 'p99')), 25, ' ms'),
  ];
}
