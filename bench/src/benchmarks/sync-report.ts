import type { BenchmarkReport, PerformanceTarget, Table } from '../harness/benchmark';
import { figures, type ContenderResult, type Sample } from '../harness/compare';
import { ratio, summarize } from '../harness/statistics';
import { number, spread, spreadOf } from '../report/format';
import { atLeast, atMost } from '../report/targets';
import { APP_RPS, STEADY_PER_SECOND, TRACK_RPS } from './sync-setup';

export const OURS = 'optout-sync worker';
export const ONE_BY_ONE = 'published way, one by one';
export const AT_LIMIT = 'published way, at the rate limit';
export const STEADY = 'steady';
export const SINGLE = 'one STOP';

interface Rate {
  readonly maxPerSecond: number;
  readonly refused: number;
}

export interface SyncResults {
  readonly backlog: readonly ContenderResult[];
  readonly campaign: Sample;
  readonly steady: readonly ContenderResult[];
  readonly single: readonly ContenderResult[];
  /** The requests of the default workspace. */
  readonly rates: { readonly app: Rate; readonly track: Rate };
  readonly quick: boolean;
}

export function syncReport(results: SyncResults): BenchmarkReport {
  const { backlog, campaign, steady, single } = results;
  return {
    tables: [backlogTable(backlog), ownTable(results)],
    targets: targets(results),
    notes: [
      'CUSTOMERIO_APP_RPS is at its default of 8 and LOOKUP_BATCH at its default of 100; the published way uses all 10 requests/s.',
      'The published way has its own workspace with the same limits; the fullest second is of ours alone, as received. Each of our settings has its own rate limiter, so the end of one measurement and the start of the next may share a second.',
      'The 40,000 STOPs are drained once a run. All people were checked to have the attribute.',
    ],
    rounds: [...backlog, ...steady, ...single, { name: 'campaign', samples: [campaign] }],
  };
}

const rate = (results: readonly ContenderResult[], name: string): number[] =>
  figures(results, name, 'per second');

function backlogTable(results: readonly ContenderResult[]): Table {
  return {
    title: 'opt-outs set a second, with a backlog',
    columns: ['program', 'opt-outs/s', 'ours to it'],
    rows: results.map(({ name }) => [
      name,
      spreadOf(results, name, 'per second'),
      spread(ratio(rate(results, OURS), rate(results, name))),
    ]),
  };
}

function ownTable({ campaign, steady, single, rates: { app, track } }: SyncResults): Table {
  return {
    title: 'ours by itself',
    columns: ['what', 'figure'],
    rows: [
      [
        `${number(campaign.count ?? 0)} STOPs at once, seconds until all are set`,
        number(campaign.seconds ?? Number.NaN),
      ],
      ['the same, until all have their outcome', number(campaign.outcomes ?? Number.NaN)],
      [
        `${String(STEADY_PER_SECOND)} STOPs/s, ms from receipt to applied, p50`,
        spreadOf(steady, STEADY, 'p50'),
      ],
      ['the same, p95', spreadOf(steady, STEADY, 'p95')],
      ['the same, slowest', spreadOf(steady, STEADY, 'max')],
      ['one STOP on an idle system, ms from receipt to applied', spreadOf(single, SINGLE, 'ms')],
      ["the same without Customer.io's share", spreadOf(single, SINGLE, 'own ms')],
      ['most App requests in any one second', String(app.maxPerSecond)],
      ['most Track requests in any one second', String(track.maxPerSecond)],
      ['requests rejected for the limit (429)', String(app.refused + track.refused)],
    ],
  };
}

function targets(results: SyncResults): PerformanceTarget[] {
  const { backlog, campaign, steady, single, rates, quick } = results;
  const toOurs = (name: string) => ratio(rate(backlog, OURS), rate(backlog, name));
  const campaignSeconds = summarize([campaign.seconds ?? Number.NaN]);
  const [p95, ownMs] = [figures(steady, STEADY, 'p95'), figures(single, SINGLE, 'own ms')];
  return [
    atLeast('ours to the published way, one by one', toOurs(ONE_BY_ONE), 20),
    atLeast('ours to the published way, at the rate limit', toOurs(AT_LIMIT), 20),
    ...(quick ? [] : [atMost('40,000 STOPs set', campaignSeconds, 60, ' s')]),
    atMost(`p95 at ${String(STEADY_PER_SECOND)} STOPs/s`, summarize(p95), 2_000, ' ms'),
    atMost('one STOP, without Customer.io', summarize(ownMs), 250, ' ms'),
    atMost('App requests in any second', summarize([rates.app.maxPerSecond]), APP_RPS),
    atMost('Track requests in any second', summarize([rates.track.maxPerSecond]), TRACK_RPS),
  ];
}
