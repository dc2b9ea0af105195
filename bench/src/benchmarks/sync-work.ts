import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import { enqueueInbound } from '@optout-sync/shared/queues';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { BenchContext } from '../harness/benchmark';
import type { Contender, Sample } from '../harness/compare';
import { runProgram } from '../harness/program';
import { openQueues, queuesInOrder } from '../harness/queues';
import type { BenchRedis } from '../harness/redis';
import { startSandbox, startWorker, type Sandbox, phoneOf } from '../harness/services';
import { enqueueStops, inBatches, stopEvent, untilEmpty } from '../load/events';

export const OURS = 'optout-sync worker';
export const ONE_BY_ONE = 'published way, one by one';
export const AT_LIMIT = 'published way, at the rate limit';
export const SINGLE = 'one STOP';

/** Customer.io's documented limits, and a latency as over the internet. */
export const APP_RPS = 10;
export const TRACK_RPS = 100;
export const LATENCY_MS = 50;
const STEADY_PER_SECOND = 100;
/** Longer than people that are written wait to be told apart; see `DeferredMatching`. */
const STEADY_SECONDS = 90;
export const STEADY = `${String(STEADY_PER_SECOND)} STOPs/s`;

/** The workspace of the published way: the fullest second of the default workspace is then ours alone. */
const PUBLISHED_WORKSPACE = 'published';

/** The sandbox and its unused people. */
export interface SyncPeople {
  readonly sandbox: Sandbox;
  /** Adds `count` people with new phones to a workspace. Returns the index of the first phone; see `phoneOf`. */
  readonly newPeople: (count: number, workspace?: string) => Promise<number>;
}

/** A worker with its queues. */
export interface SyncSetup extends SyncPeople {
  readonly bench: BenchContext;
  readonly queues: JobStores;
  readonly unapplied: UnappliedIndex;
}

/** Starts a sandbox with Customer.io's documented limits and a latency as over the internet. */
export async function startSyncSandbox({ cores, after }: BenchContext): Promise<SyncPeople> {
  const sandbox = await startSandbox(cores?.others, [
    ...['--app-rps', String(APP_RPS), '--track-rps', String(TRACK_RPS)],
    ...['--latency-ms', String(LATENCY_MS), '--log-requests', '1000000'],
    ...['--workspace', 'default', '--workspace', PUBLISHED_WORKSPACE, '--phone-is-identifier'],
  ]);
  after(() => sandbox.stop());
  let used = 0;
  return {
    sandbox,
    newPeople: async (count, workspace) => {
      const first = used;
      used += count;
      await sandbox.addPeople(first, count, workspace);
      return first;
    },
  };
}

export async function startSyncWorker(
  bench: BenchContext,
  redis: BenchRedis,
  people: SyncPeople,
  prefix: string,
  settings: Readonly<Record<string, string>>,
): Promise<SyncSetup> {
  const queues = openQueues(bench, redis, prefix);
  const { sandbox } = people;
  const cores = bench.cores?.measured;
  const worker = await startWorker({ cores, redisUrl: redis.url, prefix, sandbox, settings });
  bench.after(() => worker.stop());
  return { ...people, bench, queues, unapplied: new UnappliedIndex(redis.client, prefix) };
}

/**
 * Enqueues the STOPs of `count` people at once and waits until all are set, and then until all have their outcome. Returns the
 * seconds until both; the rate is that of setting them.
 *
 * @throws {Error} when the attribute of one of these people is not set
 */
export async function drainBacklog(
  { sandbox, queues, unapplied, newPeople }: SyncSetup,
  count: number,
): Promise<Sample> {
  const first = await newPeople(count);
  const startedAt = performance.now();
  await enqueueStops(inBatches(queues), first, count);
  await untilEmpty(queuesInOrder(queues), 3_600_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  const phones = new Set(Array.from({ length: count }, (_, index) => phoneOf(first + index)));
  const people = await sandbox.control.workspace().people();
  const optedOut = people.filter(
    ({ attributes }) => attributes.sms_unsubscribe === true && phones.has(String(attributes.phone)),
  );
  if (optedOut.length !== count) {
    throw new Error(`${String(optedOut.length)} of ${String(count)} people are opted out`);
  }
  await untilApplied(unapplied);
  const outcomes = (performance.now() - startedAt) / 1_000;
  return { count, seconds, outcomes, 'per second': count / seconds };
}

/** Waits until every version is applied. */
async function untilApplied(unapplied: UnappliedIndex): Promise<void> {
  const page = { before: Number.MAX_SAFE_INTEGER, offset: 0, limit: 1 };
  await waitFor(async () => (await unapplied.list('default', page)).length === 0, {
    what: 'all outcomes',
    timeoutMs: 600_000,
    everyMs: 50,
  });
}

/**
 * Enqueues STOPs at an even rate for a while, and then one more. Returns the percentiles of ms from receipt to applied, the ms of
 * the one after them, the seconds from it until all have their outcome, and how many STOPs there are for each request that
 * reads who has which number.
 */
export async function measureSteady(setup: SyncSetup): Promise<Sample> {
  const { bench, sandbox, queues, unapplied, newPeople } = setup;
  const count = STEADY_PER_SECOND * (bench.quick ? 5 : STEADY_SECONDS);
  const first = await newPeople(count);
  const next = await newPeople(1);
  const startedAt = performance.now();
  const received = new Map<string, number>();
  const enqueuing: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const due = startedAt + (index * 1_000) / STEADY_PER_SECOND;
    if (due > performance.now()) await delay(due - performance.now());
    const event = stopEvent(first + index);
    // The due time, even when this program is late.
    received.set(event.phone, performance.timeOrigin + due);
    enqueuing.push(enqueueInbound(queues, event));
  }
  await Promise.all(enqueuing);
  await untilEmpty(queuesInOrder(queues), 600_000);
  const after = await measureStop(setup, next);
  const sentAt = performance.now();
  await untilApplied(unapplied);
  const outcomes = (performance.now() - sentAt) / 1_000;
  const { atOf, reads } = await requestsSince(sandbox, performance.timeOrigin + startedAt);
  const latencies = [...received]
    .map(([phone, at]) => (atOf.get(phone) ?? Number.NaN) - at)
    .sort((a, b) => a - b);
  const percentile = (share: number): number => latencies[Math.ceil(share * count) - 1] ?? Number.NaN;
  return {
    p50: percentile(0.5),
    p95: percentile(0.95),
    max: percentile(1),
    'next ms': after.ms,
    outcomes,
    'STOPs a read': count / reads,
  };
}

/** Enqueues one STOP on an idle system. Returns the ms until it is applied, with and without Customer.io's share. */
export async function measureSingle(setup: SyncSetup): Promise<Sample> {
  // What was measured before may still be told apart, which uses the rate limit.
  await untilApplied(setup.unapplied);
  const index = await setup.newPeople(1);
  // Longer than a slot of the rate limiter.
  await delay(1_000);
  return measureStop(setup, index);
}

async function measureStop({ sandbox, queues }: SyncSetup, index: number) {
  const since = performance.timeOrigin + performance.now();
  await enqueueInbound(queues, stopEvent(index));
  await untilEmpty(queuesInOrder(queues), 60_000);
  const { atOf, answerMs } = await requestsSince(sandbox, since);
  const ms = (atOf.get(phoneOf(index)) ?? Number.NaN) - since;
  return { ms, 'own ms': ms - answerMs };
}

interface Requests {
  /** By phone: when the sandbox had answered the write of the phone's person, in ms since 1970. */
  readonly atOf: ReadonlyMap<string, number>;
  /** The time the sandbox took for all requests together, in ms. */
  readonly answerMs: number;
  /** How many read who has which number. */
  readonly reads: number;
}

interface BatchBody {
  readonly batch?: readonly { readonly identifiers?: { readonly cio_id?: string } }[];
}

/** What was requested of the sandbox since a time, from its request log. */
async function requestsSince({ control }: Sandbox, since: number): Promise<Requests> {
  const requests = await control.requests({ since });
  const people = await control.workspace().people();
  const phoneById = new Map(people.map(({ cioId, attributes }) => [cioId, String(attributes.phone)]));
  const atOf = new Map<string, number>();
  for (const { operation, at, durationMs, body } of requests) {
    if (operation !== 'batch') continue;
    for (const { identifiers } of (body as BatchBody).batch ?? []) {
      const phone = phoneById.get(identifiers?.cio_id ?? '');
      if (phone !== undefined && !atOf.has(phone)) atOf.set(phone, at + (durationMs ?? Number.NaN));
    }
  }
  return {
    atOf,
    answerMs: requests.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0),
    reads: requests.filter(({ operation }) => operation === 'attributes').length,
  };
}

const PUBLISHED = join(__dirname, '../peers/published-sync.js');

/** The published way at both paces. */
export async function publishedContenders(
  { cores, quick }: BenchContext,
  { sandbox, newPeople }: SyncPeople,
): Promise<Contender[]> {
  const access = (await sandbox.control.workspaces()).find(({ name }) => name === PUBLISHED_WORKSPACE);
  const forMs = quick ? 1_000 : 10_000;
  const count = Math.ceil((forMs / 1_000) * APP_RPS) + 1;
  const contender = (name: string, pace: string): Contender => ({
    name,
    measure: async () => {
      const first = await newPeople(count, PUBLISHED_WORKSPACE);
      const phones = Array.from({ length: count }, (_, index) => phoneOf(first + index));
      const options = { ...access, phones, forMs, pace, searchesPerSecond: APP_RPS };
      const { done, seconds } = (await runProgram(cores?.measured, PUBLISHED, options)) as {
        done: number;
        seconds: number;
      };
      return { 'per second': done / seconds };
    },
  });
  return [contender(ONE_BY_ONE, 'one by one'), contender(AT_LIMIT, 'limit')];
}
