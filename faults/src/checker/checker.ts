import type { LedgerEntry, RecordedOutcome } from '@optout-sync/shared/ledger';
import { expectedAttribute } from '../model/reference-model';
import type { Subscriber } from '../workload/subscriber';

/** Broken promises, one sentence each. */
export interface Violations {
  /** Accepted messages without an outcome. */
  readonly lost: string[];
  /** Messages that changed the ledger more than once. */
  readonly duplicated: string[];
  /** Attributes that differ from the reference model, impossible outcomes, messages in the ledger that were never accepted. */
  readonly wrong: string[];
}

export const noViolations = (): Violations => ({ lost: [], duplicated: [], wrong: [] });

/**
 * Compares what the ledger and Customer.io hold of one number with the accepted messages from it.
 *
 * @param values the attribute of each of `subscriber.people`
 * @param late the attribute of each of `subscriber.late`
 */
export function check(
  subscriber: Subscriber,
  entry: LedgerEntry | undefined,
  values: readonly unknown[],
  late: readonly unknown[] = [],
): Violations {
  const violations = noViolations();
  checkOutcomes(subscriber, entry, violations);
  if (entry) checkVersions(subscriber, entry, violations);
  checkAttributes(subscriber, values, violations);
  checkLate(subscriber, late, violations);
  return violations;
}

function checkOutcomes(
  { phone, people, late, accepted }: Subscriber,
  entry: LedgerEntry | undefined,
  { lost, wrong }: Violations,
): void {
  const recorded = new Map((entry?.history ?? []).map((event) => [event.messageSid as string, event]));
  for (const { sid, kind } of accepted) {
    const event = recorded.get(sid);
    recorded.delete(sid);
    if (!event) lost.push(`${phone} ${sid}: not in the ledger`);
    else if (event.outcome === 'pending') lost.push(`${phone} ${sid}: pending`);
    else if (!possibleOutcomes(kind, people, late).includes(event.outcome)) {
      wrong.push(`${phone} ${sid}: ${kind} has the outcome ${event.outcome}`);
    }
  }
  for (const sid of recorded.keys()) wrong.push(`${phone} ${sid}: in the ledger but never accepted`);
}

function possibleOutcomes(
  kind: 'stop' | 'start' | 'help',
  people: readonly string[],
  late: readonly string[],
): RecordedOutcome[] {
  if (kind === 'help') return ['ignored'];
  if (people.length > 0) return ['applied', 'stale'];
  return late.length > 0 ? ['no_match', 'applied', 'stale'] : ['no_match', 'stale'];
}

/**
 * Each version must have an event that made it, and the last one must be applied. Two exceptions:
 *
 * - Opt-outs that repeat each other have one version: a STOP from a sender that is stopped already makes none.
 * - A corrected time makes a version without an event when it moves a message before one of another sender with another
 *   meaning, since the policy `last` depends on that.
 */
function checkVersions({ phone }: Subscriber, entry: LedgerEntry, { duplicated, wrong }: Violations): void {
  const changes = entry.history.filter(({ outcome }) => outcome !== 'ignored' && outcome !== 'stale');
  const versions = new Set(changes.map(({ version }) => version));
  const surplus = entry.version - versions.size;
  const shared = changes.filter(({ kind }) => kind !== 'stop').map(({ version }) => version);
  const startsShare = shared.some((version) => changes.filter((one) => one.version === version).length > 1);
  if (surplus < 0 || surplus > reorderings(changes) || startsShare) {
    const each = `${phone}: ${describeVersions(entry)}`;
    duplicated.push(...Array.from({ length: Math.max(1, surplus) }, () => each));
  }
  if (entry.appliedVersion < entry.version) wrong.push(`${phone}: ${describeVersions(entry)}`);
}

/** The number of messages whose time, corrected by Event Streams, lies before another sender's message that arrived earlier. */
function reorderings(changes: LedgerEntry['history']): number {
  return changes.filter(
    (corrected) =>
      corrected.source === 'event_stream' &&
      changes.some(
        ({ sender, kind, orderAt }) =>
          sender !== corrected.sender &&
          kind !== corrected.kind &&
          orderAt >= corrected.orderAt &&
          orderAt <= corrected.receivedAt,
      ),
  ).length;
}

function checkAttributes(
  { phone, people, accepted }: Subscriber,
  values: readonly unknown[],
  { wrong }: Violations,
): void {
  const expected = expectedAttribute(accepted);
  values.forEach((value, n) => {
    if (value === expected) return;
    wrong.push(`${phone} ${String(people[n])}: is ${String(value)}, expected ${String(expected)}`);
  });
}

/** Whoever has a stopped number is opted out. A number that is not stopped sets nobody's attribute who got it later. */
function checkLate(
  { phone, late, accepted }: Subscriber,
  values: readonly unknown[],
  { wrong }: Violations,
): void {
  if (expectedAttribute(accepted) !== true) return;
  values.forEach((value, n) => {
    if (value === true) return;
    wrong.push(`${phone} ${String(late[n])}: got a stopped number and is ${String(value)}`);
  });
}

function describeVersions({ version, appliedVersion, history }: LedgerEntry): string {
  const events = history
    .map(({ kind, outcome, version: changedTo }) => `${kind} ${outcome} ${String(changedTo)}`)
    .join(', ');
  return `version ${String(version)}, applied ${String(appliedVersion)}, history: ${events}`;
}
