import type { BenchContext, Benchmark, BenchmarkReport } from '../harness/benchmark';
import { compare, type Contender } from '../harness/compare';
import { drainBacklog, measureSingle, measureSteady } from './sync-measurements';
import { publishedContenders } from './sync-published';
import { OURS, SINGLE, STEADY, syncReport } from './sync-report';
import {
  APP_RPS,
  LATENCY_MS,
  TRACK_RPS,
  startSyncSandbox,
  startSyncWorker,
  type SyncSetup,
} from './sync-setup';

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
  const count = quick ? 600 : 2_000;
  const contenders: Contender[] = [
    { name: OURS, measure: () => drainBacklog(ours, count) },
    ...others.map((setup, n) => ({
      name: `ours with ${asText(OTHER_SETTINGS[n] ?? {})}`,
      measure: () => drainBacklog(setup, count),
    })),
    ...(await publishedContenders(bench, people)),
  ];
  const backlog = await compare(contenders, bench);
  const campaign = await drainBacklog(ours, quick ? 1_000 : 40_000);
  log(`campaign: ${JSON.stringify(campaign)}`);
  const steady = await compare([{ name: STEADY, measure: () => measureSteady(ours) }], {
    rounds: quick ? 1 : 3,
    log,
  });
  const single = await compare([{ name: SINGLE, measure: () => measureSingle(ours) }], {
    rounds: quick ? 5 : 20,
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
