import type { LedgerEntry } from '@optout-sync/shared/ledger';
import type { Person } from './said';

/** An event of a person at the sandbox. */
interface PersonEvent {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Compares the events of a person at Customer.io with the ledger: one of each version at most, none missing of what a new worker
 * applied. A worker of the last release knows no events: of what it applies there is none.
 *
 * @returns what differs, in words
 */
export function eventDifferences(
  { phone, workers }: Person,
  entry: LedgerEntry | undefined,
  events: readonly PersonEvent[],
): string[] {
  if (!entry) return [];
  const rowOf = new Map(entry.history.map((row) => [row.messageSid as string, row]));
  const counts = new Map<string, number>();
  const wrong: string[] = [];
  for (const { name, attributes } of events) {
    const row = rowOf.get(String(attributes.message_sid));
    if (!row || name !== (row.kind === 'stop' ? 'sms_opted_out' : 'sms_opted_in')) {
      wrong.push(`has ${name} of ${String(attributes.message_sid)}`);
      continue;
    }
    const key = `${row.sender} ${String(row.version)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  wrong.push(...[...counts].flatMap(([key, count]) => (count > 1 ? [`has two events of ${key}`] : [])));
  const upTo = entry.destinations?.events?.appliedVersion ?? 0;
  const expected = workers === 'new' ? entry.version : appliedByNew(entry);
  if (upTo < expected) wrong.push(`has events up to version ${String(upTo)} of ${String(expected)}`);
  for (const { messageSid, version } of entry.senders.values()) {
    const sender = rowOf.get(messageSid)?.sender ?? '';
    if (version === upTo && !counts.has(`${sender} ${String(version)}`))
      wrong.push(`has no event of ${messageSid}`);
  }
  return wrong.map((text) => `${phone} ${text}`);
}

/** The latest version that a new worker is known to have applied: the last release notes none. */
const appliedByNew = ({ versions }: LedgerEntry): number =>
  Math.max(0, ...versions.flatMap(({ version, appliedAt }) => (appliedAt === undefined ? [] : [version])));
