import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { enqueueInbound } from '@optout-sync/shared/queues';
import type { Sample } from '../harness/compare';
import { queuesInOrder } from '../harness/queues';
import { enqueueStops, stopEvent, untilEmpty } from '../load/stop-events';
import { phoneOf } from '../load/twilio-requests';
import { STEADY_PER_SECOND, type SyncSetup } from './sync-setup';
import { writesSince } from './sync-writes';

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
  await enqueueStops(queues, first, count);
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

/** Enqueues STOPs at an even rate for a while. Returns the percentiles of ms from receipt to applied. */
export async function measureSteady({ bench, sandbox, queues, newPeople }: SyncSetup): Promise<Sample> {
  const count = STEADY_PER_SECOND * (bench.quick ? 5 : 30);
  const first = await newPeople(count);
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
  const applied = await writesSince(sandbox, performance.timeOrigin + startedAt);
  const latencies = [...received]
    .map(([phone, at]) => (applied.atOf.get(phone) ?? Number.NaN) - at)
    .sort((a, b) => a - b);
  const percentile = (share: number): number => latencies[Math.ceil(share * count) - 1] ?? Number.NaN;
  return { p50: percentile(0.5), p95: percentile(0.95), max: percentile(1) };
}

/** Enqueues one STOP on an idle system. Returns the ms until it is applied, with and without Customer.io's share. */
export async function measureSingle({ sandbox, queues, newPeople }: SyncSetup): Promise<Sample> {
  const first = await newPeople(1);
  // Longer than a slot of the rate limiter.
  await delay(1_000);
  const since = performance.timeOrigin + performance.now();
  await enqueueInbound(queues, stopEvent(first));
  await untilEmpty(queuesInOrder(queues), 60_000);
  const applied = await writesSince(sandbox, since);
  const ms = (applied.atOf.get(phoneOf(first)) ?? Number.NaN) - since;
  return { ms, 'own ms': ms - applied.answerMs };
}
