import type { LedgerEntry, RecordedEvent } from '@optout-sync/shared/ledger';
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
  const rowOf = new Map<string, RecordedEvent>(entry.history.map((row) => [row.messageSid, row]));
  const isRight = ({ name, attributes }: PersonEvent): boolean => {
    const kind = rowOf.get(sidOf(attributes))?.kind;
    return (kind === 'stop' && name === 'sms_opted_out') || (kind === 'start' && name === 'sms_opted_in');
  };
  const wrong = events.filter((event) => !isRight(event));
  const versions = events.map(({ attributes }) => versionOf(rowOf.get(sidOf(attributes))));
  const doubled = versions.filter((version, n) => versions.indexOf(version) !== n);
  const upTo = entry.destinations?.events?.appliedVersion ?? 0;
  const expected = workers === 'new' ? entry.version : appliedByNew(entry);
  const missing = [...entry.senders.values()]
    .filter(({ version }) => version === upTo)
    .map(({ messageSid }) => versionOf(rowOf.get(messageSid)))
    .filter((version) => !versions.includes(version));
  return [
    ...wrong.map(({ name, attributes }) => `has ${name} of ${sidOf(attributes)}`),
    ...doubled.map((version) => `has two events of ${version}`),
    ...missing.map((version) => `has no event of ${version}`),
    ...(upTo < expected ? [`has events up to version ${String(upTo)} of ${String(expected)}`] : []),
  ].map((text) => `${phone} ${text}`);
}

const sidOf = ({ message_sid: sid }: PersonEvent['attributes']): string => String(sid);

/** What one event may be of: the sender, and the version of the entry. */
const versionOf = (row: RecordedEvent | undefined): string =>
  row ? `${row.sender} ${String(row.version)}` : 'nothing';

/** The latest version that a new worker is known to have applied: the last release notes none. */
const appliedByNew = ({ versions }: LedgerEntry): number =>
  Math.max(0, ...versions.flatMap(({ version, appliedAt }) => (appliedAt === undefined ? [] : [version])));
