import type { LedgerEntry, RecordedOutcome } from '@optout-sync/shared/ledger';
import { expectedAttribute } from '../model/reference-model';
import type { Caller } from '../workload/message';

/** What is not as promised, in words. */
export interface Violations {
  /** Accepted messages without an outcome. */
  readonly lost: string[];
  /** Messages that changed the ledger more than once. */
  readonly doubled: string[];
  /** Attributes that are not the reference model's; outcomes that cannot be; messages that nobody sent. */
  readonly wrong: string[];
}

export const noComplaints = (): Violations => ({ lost: [], doubled: [], wrong: [] });

/**
 * Compares what the ledger and Customer.io hold of one number with what was said from it.
 *
 * @param values the attribute of each person who has the number
 */
export function check(
  { phone, people, accepted }: Caller,
  entry: LedgerEntry | undefined,
  values: readonly unknown[],
): Violations {
  const { lost, doubled, wrong } = noComplaints();
  const history = entry?.history ?? [];
  const rows = new Map(history.map((row) => [row.messageSid as string, row]));

  for (const { sid, kind } of accepted) {
    const row = rows.get(sid);
    rows.delete(sid);
    if (!row) lost.push(`${phone} ${sid}: no trace`);
    else if (row.outcome === 'pending') lost.push(`${phone} ${sid}: pending`);
    else if (!possibleOutcomes(kind, people).includes(row.outcome)) {
      wrong.push(`${phone} ${sid}: ${kind} ended ${row.outcome}`);
    }
  }
  for (const sid of rows.keys()) wrong.push(`${phone} ${sid}: nobody had this accepted`);

  const changes = history.filter(({ outcome }) => outcome !== 'ignored' && outcome !== 'stale');
  const surplus = (entry?.version ?? 0) - new Set(changes.map(({ version }) => version)).size;
  if (surplus !== 0 || changes.length !== entry?.version) {
    if (entry)
      doubled.push(...Array.from({ length: Math.max(1, surplus) }, () => `${phone}: ${versions(entry)}`));
  }
  if (entry && entry.appliedVersion < entry.version) wrong.push(`${phone}: ${versions(entry)}`);

  const expected = expectedAttribute(accepted);
  values.forEach((value, n) => {
    if (value === expected) return;
    wrong.push(`${phone} ${String(people[n])}: is ${String(value)}, expected ${String(expected)}`);
  });
  return { lost, doubled, wrong };
}

function possibleOutcomes(kind: 'stop' | 'start' | 'help', people: readonly string[]): RecordedOutcome[] {
  if (kind === 'help') return ['ignored'];
  return people.length > 0 ? ['applied', 'stale'] : ['no_match', 'stale'];
}

function versions({ version, appliedVersion, history }: LedgerEntry): string {
  const rows = history.map(({ kind, outcome, version: of }) => `${kind} ${outcome} ${String(of)}`).join(', ');
  return `version ${String(version)}, applied ${String(appliedVersion)}, of ${rows}`;
}
