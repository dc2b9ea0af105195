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
 * Each version must be noted with the message that made it, and the last one must be applied. A message makes one version at most when
 * it is recorded. It makes one more at most when Event Streams show its own time, which may change the order.
 */
function checkVersions(
  { phone, accepted }: Subscriber,
  entry: LedgerEntry,
  { duplicated, wrong }: Violations,
): void {
  const each = `${phone}: ${describeVersions(entry)}`;
  const made = new Map<string, number>();
  for (const { cause, messageSid } of entry.versions) {
    const message = accepted.find(({ sid }) => sid === messageSid);
    const key = `${cause} ${messageSid}`;
    made.set(key, (made.get(key) ?? 0) + 1);
    const mayMake = message && message.kind !== 'help' && (cause === 'event' || message.streamed);
    if (!mayMake || (made.get(key) ?? 0) > 1) duplicated.push(each);
  }
  const notNoted = entry.version - entry.versions.length;
  duplicated.push(...Array.from({ length: Math.abs(notNoted) }, () => each));
  if (entry.appliedVersion < entry.version) wrong.push(each);
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

function describeVersions({ version, appliedVersion, history, versions }: LedgerEntry): string {
  const events = history
    .map(({ kind, outcome, version: changedTo }) => `${kind} ${outcome} ${String(changedTo)}`)
    .join(', ');
  const makers = versions.map(({ cause, messageSid }) => `${cause} ${messageSid}`).join(', ');
  return `version ${String(version)}, applied ${String(appliedVersion)}, history: ${events}; made by ${makers}`;
}
