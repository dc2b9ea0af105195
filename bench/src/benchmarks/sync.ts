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
  ratio,
  summarize,
  type Contender,
  type ContenderResult,
  type Sample,
} from '../harness/compare';
import { atLeast, atMost, number, spread, spreadOf } from '../harness/report';
import {
  APP_RPS,
  drainBacklog,
  LATENCY_MS,
  measureSingle,
  measureSteady,
  publishedContenders,
  startSyncSandbox,
  startSyncWorker,
  TRACK_RPS,
  type SyncSetup,
  AT_LIMIT,
  ONE_BY_ONE,
  OURS,
  SINGLE,
  STEADY,
} from './sync-work';

export const sync: Benchmark = {
  name: 'sync',
  about: `opt-outs applied at Customer.io, which takes ${String(APP_RPS)} App and ${String(TRACK_RPS)} Track requests a second and needs ${String(LATENCY_MS)} ms for each`,
  run,
};

/** Compared with the defaults, LOOKUP_BATCH=100 and CUSTOMERIO_LOOKUP=search. */
const OTHER_SETTINGS: readonly Readonly<Record<string, string>>[] = [
  { LOOKUP_BATCH: '20' },
  { LOOKUP_BATCH: '50' },
  { LOOKUP_BATCH: '200' },
  { CUSTOMERIO_LOOKUP: 'phone_identifier' },
];

async function run(bench: BenchContext): Promise<BenchmarkReport> {
  const { quick, log } = bench;
  const redis = await bench.redis();
  const people = await startSyncSandbox(bench);
  const ours = await startSyncWorker(bench, redis, people, 'optout', {});
  const others: SyncSetup[] = [];
  for (const [n, settings] of OTHER_SETTINGS.entries()) {
    others.push(await startSyncWorker(bench, redis, people, `optout-${String(n)}`, settings));
  }
  const count = quick ? 200 : 2_000;
  const contenders: Contender[] = [
    { name: OURS, measure: () => drainBacklog(ours, count) },
    ...others.map((setup, n) => ({
      name: `ours with ${asText(OTHER_SETTINGS[n] ?? {})}`,
      measure: () => drainBacklog(setup, count),
    })),
    ...(await publishedContenders(bench, people)),
  ];
  const backlog = await compare(contenders, bench);
  const campaign = await drainBacklog(ours, quick ? 400 : 40_000);
  log(`campaign: ${JSON.stringify(campaign)}`);
  const steady = await compare([{ name: STEADY, measure: () => measureSteady(ours) }], {
    rounds: quick ? 1 : 3,
    log,
  });
  const single = await compare([{ name: SINGLE, measure: () => measureSingle(ours) }], {
    rounds: quick ? 2 : 20,
    log,
  });
  const rates = await people.sandbox.control.workspace().rates();
  return syncReport({ backlog, campaign, steady, single, rates, quick });
}

/** The notation of an environment: `A=1 B=2`. */
const asText = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map((setting) => setting.join('='))
    .join(' ');

interface Rate {
  readonly maxPerSecond: number;
  readonly refused: number;
}

interface SyncResults {
  readonly backlog: readonly ContenderResult[];
  readonly campaign: Sample;
  readonly steady: readonly ContenderResult[];
  readonly single: readonly ContenderResult[];
  /** The requests of the default workspace. */
  readonly rates: { readonly app: Rate; readonly track: Rate };
  readonly quick: boolean;
}

function syncReport(results: SyncResults): BenchmarkReport {
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
      [`${STEADY}, ms from receipt to applied, p50`, spreadOf(steady, STEADY, 'p50')],
      ['the same, p95', spreadOf(steady, STEADY, 'p95')],
      ['the same, slowest', spreadOf(steady, STEADY, 'max')],
      ['the same, one STOP right after them', spreadOf(steady, STEADY, 'next ms')],
      ['the same, seconds from then until all have their outcome', spreadOf(steady, STEADY, 'outcomes')],
      [
        'the same, STOPs for each request that reads who has which number',
        spreadOf(steady, STEADY, 'STOPs a read'),
      ],
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
    atMost(`p95 at ${STEADY}`, summarize(p95), 2_000, ' ms'),
    atMost('one STOP, without Customer.io', summarize(ownMs), 250, ' ms'),
    atMost('App requests in any second', summarize([rates.app.maxPerSecond]), APP_RPS),
    atMost('Track requests in any second', summarize([rates.track.maxPerSecond]), TRACK_RPS),
  ];
}
