import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import { enqueueInbound } from '@optout-sync/shared/queues';
import type { Bench, Benchmark, Outcome } from '../harness/benchmark';
import { contest, figure, type Contender, type Sample } from '../harness/contest';
import { startSandbox, type Sandbox } from '../harness/customerio';
import { flowOf, queuesOf } from '../harness/open-queues';
import { startWorker } from '../harness/our-services';
import { runProgram } from '../harness/run-program';
import { ratio, summarize } from '../harness/statistics';
import { enqueueStops, stopEvent, untilEmpty } from '../load/events';
import { phoneOf } from '../load/twilio-requests';
import { number, spread } from '../report/format';
import { atLeast, atMost } from '../report/targets';
import { writesSince } from './sync-writes';

/** Customer.io's documented limits, and a latency as over the internet. */
const APP_RPS = 10;
const TRACK_RPS = 100;
const LATENCY_MS = 50;

const OURS = 'optout-sync worker';
const ONE_BY_ONE = 'published way, one by one';
const AT_LIMIT = 'published way, as fast as the limit lets it';
const PUBLISHED = join(__dirname, '../peers/published-sync.js');

const STEADY_PER_SECOND = 100;

export const sync: Benchmark = {
  name: 'sync',
  about: `opt-outs applied at Customer.io, which takes ${String(APP_RPS)} App and ${String(TRACK_RPS)} Track requests a second and needs ${String(LATENCY_MS)} ms for each`,
  run,
};

/** A worker, its queues and its people. */
interface Stage {
  readonly bench: Bench;
  readonly sandbox: Sandbox;
  readonly queues: JobStores;
  /** Gives the first of `count` phones that have not been used, each with a person at Customer.io. */
  readonly newPeople: (count: number) => Promise<number>;
}

/** Beside the defaults, LOOKUP_BATCH=100 and CUSTOMERIO_LOOKUP=search. */
const OTHER_SETTINGS: readonly Readonly<Record<string, string>>[] = [
  { LOOKUP_BATCH: '20' },
  { LOOKUP_BATCH: '50' },
  { LOOKUP_BATCH: '200' },
  { CUSTOMERIO_LOOKUP: 'phone_identifier' },
];

/** Where the published way works: the fullest second of the default workspace is ours alone. */
const PUBLISHED_WORKSPACE = 'published';

async function run(bench: Bench): Promise<Outcome> {
  const { cores, quick, rounds, say } = bench;
  const redis = await bench.redis();
  const sandbox = await startSandbox(cores?.others, [
    ...['--app-rps', String(APP_RPS), '--track-rps', String(TRACK_RPS)],
    ...['--latency-ms', String(LATENCY_MS), '--log-requests', '1000000'],
    ...['--workspace', 'default', '--workspace', PUBLISHED_WORKSPACE, '--phone-is-identifier'],
  ]);
  bench.after(() => sandbox.stop());
  let used = 0;
  const newPeople = async (count: number, workspace?: string): Promise<number> => {
    const first = used;
    used += count;
    await sandbox.addPeople(first, count, workspace);
    return first;
  };
  const stageOf = async (prefix: string, settings: Record<string, string>): Promise<Stage> => {
    const queues = queuesOf(bench, redis, prefix);
    const worker = await startWorker({
      cores: cores?.measured,
      redisUrl: redis.url,
      prefix,
      sandbox,
      settings,
    });
    bench.after(() => worker.stop());
    return { bench, sandbox, queues, newPeople };
  };
  const stage = await stageOf('optout', {});
  const count = quick ? 600 : 2_000;
  const others = [];
  for (const settings of OTHER_SETTINGS) {
    const other = await stageOf(`optout-${String(others.length)}`, settings);
    others.push({ name: `ours with ${named(settings)}`, measure: () => drained(other, count) });
  }
  const results = await contest(
    [
      { name: OURS, measure: () => drained(stage, count) },
      ...others,
      ...(await publishedWays(stage, newPeople)),
    ],
    rounds,
    say,
  );
  const campaign = await drained(stage, quick ? 1_000 : 40_000);
  say(`campaign: ${JSON.stringify(campaign)}`);
  const steady = await contest([{ name: 'steady', measure: () => steadily(stage) }], quick ? 1 : 3, say);
  const single = await contest([{ name: 'one STOP', measure: () => alone(stage) }], quick ? 5 : 20, say);
  const { app, track } = await sandbox.control.workspace().rates();

  const rate = (name: string): number[] => figure(results, name, 'per second');
  const campaignSeconds = summarize([campaign.seconds ?? Number.NaN]);
  return {
    tables: [
      {
        title: 'opt-outs applied a second, with a backlog',
        columns: ['program', 'opt-outs/s', 'ours to it'],
        rows: results.map(({ name }) => [
          name,
          spread(summarize(rate(name))),
          spread(ratio(rate(OURS), rate(name))),
        ]),
      },
      {
        title: 'ours by itself',
        columns: ['what', 'figure'],
        rows: [
          [
            `${number(campaign.count ?? 0)} STOPs at once, seconds until all are applied`,
            number(campaignSeconds.median),
          ],
          [
            `${String(STEADY_PER_SECOND)} STOPs/s, ms from receipt to applied, p50`,
            spread(summarize(figure(steady, 'steady', 'p50'))),
          ],
          ['the same, p95', spread(summarize(figure(steady, 'steady', 'p95')))],
          ['the same, slowest', spread(summarize(figure(steady, 'steady', 'max')))],
          [
            'one STOP on an idle system, ms from receipt to applied',
            spread(summarize(figure(single, 'one STOP', 'ms'))),
          ],
          ["the same without Customer.io's share", spread(summarize(figure(single, 'one STOP', 'own ms')))],
          ['most App requests in any one second', String(app.maxPerSecond)],
          ['most Track requests in any one second', String(track.maxPerSecond)],
          ['requests refused for the limit (429)', String(app.refused + track.refused)],
        ],
      },
    ],
    targets: [
      atLeast('ours to the published way, one by one', ratio(rate(OURS), rate(ONE_BY_ONE)), 20),
      atLeast('ours to the published way at the limit', ratio(rate(OURS), rate(AT_LIMIT)), 20),
      ...(quick ? [] : [atMost('40,000 STOPs applied', campaignSeconds, 240, ' s')]),
      atMost(
        `p95 at ${String(STEADY_PER_SECOND)} STOPs/s`,
        summarize(figure(steady, 'steady', 'p95')),
        2_000,
        ' ms',
      ),
      atMost('one STOP, without Customer.io', summarize(figure(single, 'one STOP', 'own ms')), 250, ' ms'),
      atMost('App requests in any second', summarize([app.maxPerSecond]), APP_RPS),
      atMost('Track requests in any second', summarize([track.maxPerSecond]), TRACK_RPS),
    ],
    notes: [
      'CUSTOMERIO_APP_RPS is at its default of 8 and LOOKUP_BATCH at its default of 100; the published way uses all 10 requests/s.',
      'The published way has a workspace of its own with the same limits; the fullest second is of ours alone, as received. Each of ours has a budget of its own, so the end of one and the start of the next may share a second.',
      'The 40,000 STOPs are drained once a run. All people were checked to have the attribute.',
    ],
    rounds: [...results, ...steady, ...single, { name: 'campaign', samples: [campaign] }],
  };
}

/** As in an environment: `A=1 B=2`. */
const named = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map((setting) => setting.join('='))
    .join(' ');

/** The peer at both its paces. */
async function publishedWays(
  { bench: { cores, quick }, sandbox }: Stage,
  newPeople: (count: number, workspace: string) => Promise<number>,
): Promise<Contender[]> {
  const access = (await sandbox.control.workspaces()).find(({ name }) => name === PUBLISHED_WORKSPACE);
  const way = (name: string, pace: string): Contender => ({
    name,
    measure: async () => {
      const forMs = quick ? 3_000 : 10_000;
      const count = Math.ceil((forMs / 1_000) * APP_RPS) + 1;
      const first = await newPeople(count, PUBLISHED_WORKSPACE);
      const { done, seconds } = (await runProgram(cores?.measured, PUBLISHED, {
        ...access,
        phones: Array.from({ length: count }, (_, index) => phoneOf(first + index)),
        forMs,
        pace,
        searchesPerSecond: APP_RPS,
      })) as { done: number; seconds: number };
      return { 'per second': done / seconds };
    },
  });
  return [way(ONE_BY_ONE, 'one by one'), way(AT_LIMIT, 'limit')];
}

/** The STOPs of `count` people, all there at once. */
async function drained({ sandbox, queues, newPeople }: Stage, count: number): Promise<Sample> {
  const first = await newPeople(count);
  const startedAt = performance.now();
  await enqueueStops(queues, first, count);
  await untilEmpty(flowOf(queues), 3_600_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  const phones = new Set(Array.from({ length: count }, (_, index) => phoneOf(first + index)));
  const people = await sandbox.control.workspace().people();
  const optedOut = people.filter(
    ({ attributes }) => attributes.sms_unsubscribe === true && phones.has(String(attributes.phone)),
  );
  if (optedOut.length !== count)
    throw new Error(`${String(optedOut.length)} of ${String(count)} were opted out`);
  return { count, seconds, 'per second': count / seconds };
}

/** STOPs at an even rate for a while. */
async function steadily({ bench, sandbox, queues, newPeople }: Stage): Promise<Sample> {
  const count = STEADY_PER_SECOND * (bench.quick ? 5 : 30);
  const first = await newPeople(count);
  const startedAt = performance.now();
  const received = new Map<string, number>();
  const underWay: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const due = startedAt + (index * 1_000) / STEADY_PER_SECOND;
    if (due > performance.now()) await delay(due - performance.now());
    const event = stopEvent(first + index);
    // When it was due, however late this program was.
    received.set(event.phone, performance.timeOrigin + due);
    underWay.push(enqueueInbound(queues, event));
  }
  await Promise.all(underWay);
  await untilEmpty(flowOf(queues), 600_000);
  const applied = await writesSince(sandbox, performance.timeOrigin + startedAt);
  const latencies = [...received]
    .map(([phone, at]) => (applied.atOf.get(phone) ?? Number.NaN) - at)
    .sort((a, b) => a - b);
  const percentile = (share: number): number => latencies[Math.ceil(share * count) - 1] ?? Number.NaN;
  return { p50: percentile(0.5), p95: percentile(0.95), max: percentile(1) };
}

/** One STOP, with nothing else going on. */
async function alone({ sandbox, queues, newPeople }: Stage): Promise<Sample> {
  const first = await newPeople(1);
  // Longer than any turn of the budget.
  await delay(1_000);
  const since = performance.timeOrigin + performance.now();
  await enqueueInbound(queues, stopEvent(first));
  await untilEmpty(flowOf(queues), 60_000);
  const applied = await writesSince(sandbox, since);
  const ms = (applied.atOf.get(phoneOf(first)) ?? Number.NaN) - since;
  return { ms, 'own ms': ms - applied.answerMs };
}
