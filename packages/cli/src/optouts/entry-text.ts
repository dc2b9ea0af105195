import type { Waiting } from '@optout-sync/operations';
import { DestinationName, type Subject } from '@optout-sync/shared/domain';
import {
  messageReason,
  progressOf,
  type LedgerConsent,
  type LedgerEntry,
  type Note,
} from '@optout-sync/shared/ledger';
import { peopleText } from '../frame/people-text';
import { writtenText, type PhoneOptions } from '../frame/phones';
import { subjectText } from '../frame/subject-text';
import { tableText } from '../frame/table';
import type { Terminal } from '../frame/terminal';

/** People that are named; --json names all. */
const MAX_NAMES = 10;

/** A time in ms since 1970 as ISO 8601. */
const iso = (at: number): string => new Date(at).toISOString();

/** `stopped since 2026-02-25T09:59:58.000Z (message, webhook)` */
export function consentText(consent: LedgerConsent | undefined): string {
  return consent
    ? `${consent.state} since ${iso(consent.since)} (${consent.reason}, ${consent.source})`
    : 'has received neither STOP nor START';
}

/** What is shown of an entry beside the entry itself. */
interface Shown extends PhoneOptions {
  /** The optional destinations that have a job of the phone. */
  readonly queued: ReadonlySet<DestinationName>;
  /** See `Ledger.origins`. */
  readonly origins: ReadonlyMap<string, string>;
  readonly waiting: Waiting | undefined;
}

/**
 * A ledger entry: its senders, the version that Customer.io and each optional destination holds, why a later one waits, the
 * messages and the versions, oldest first.
 */
export function entryText(
  terminal: Terminal,
  subject: Subject,
  entry: LedgerEntry,
  { queued, origins, waiting, reveal }: Shown,
): string {
  const senders = [...entry.senders].map(([sender, { state, since, reason, source }]) => [
    sender,
    state,
    iso(since),
    reason,
    source,
  ]);
  return [
    subjectText(subject, { reveal }),
    senders.length > 0
      ? tableText(terminal, ['sender', 'state', 'since', 'reason', 'source'], senders)
      : 'No sender has received STOP or START.',
    `Customer.io ${appliedText(entry)}`,
    ...(waiting ? [waitingText(waiting)] : []),
    ...timesText(entry),
    ...DestinationName.options.flatMap((name) => destinationText(entry, name, queued)),
    messagesText(terminal, entry, { reveal }),
    ...(entry.versions.length > 0 ? [versionsText(terminal, entry.versions, origins)] : []),
    ...(entry.pruned ? [prunedText(entry.pruned)] : []),
    ...laterWritesText(terminal, entry),
  ].join('\n');
}

/** When each message was sent, received and applied. */
function messagesText(terminal: Terminal, { history, versions }: LedgerEntry, options: PhoneOptions): string {
  const appliedAt = new Map(versions.map((note) => [note.version, note.appliedAt]));
  return tableText(
    terminal,
    ['sent', 'received', 'kind', 'sender', 'source', 'reason', 'outcome', 'applied', 'note', 'message'],
    history.map((message) => {
      const { occurredAt, receivedAt, kind, sender, source, outcome, version, note, messageSid } = message;
      const applied = outcome === 'applied' ? appliedAt.get(version) : undefined;
      const times = [iso(occurredAt), iso(receivedAt)];
      const what = [kind, sender, source, messageReason(message) ?? '', outcome];
      return [
        ...times,
        ...what,
        applied === undefined ? '' : iso(applied),
        noteText(note, options),
        messageSid,
      ];
    }),
  );
}

/** Why the latest version waits, and what to do. */
function waitingText(waiting: Waiting): string {
  switch (waiting.kind) {
    case 'queued':
      return 'It waits: no worker has taken its sync yet. Is one running? `optout-sync status` shows the queue.';
    case 'active':
      return 'It waits: a worker has its sync, and waits for its turn at Customer.io or for an answer.';
    case 'failing':
      return `It waits: the attempt of ${iso(waiting.failedAt)} failed with ${waiting.code}. A worker tries again by itself.`;
    case 'dead_lettered':
      return `It waits in the dead letters, with ${waiting.code}: \`optout-sync dlq replay ${waiting.ids.join(' ')}\`.`;
    case 'lost':
      return 'It waits without a job: the reconciler requests its sync within a minute. If its dead letter was discarded, only an opt-out is applied, by the next sweep that enforces.';
    default:
      return waiting satisfies never;
  }
}

/** When each version was made and applied, and by which build and configuration. */
function versionsText(
  terminal: Terminal,
  versions: LedgerEntry['versions'],
  origins: ReadonlyMap<string, string>,
): string {
  const named = (id = ''): string => origins.get(id) ?? id;
  return tableText(
    terminal,
    ['version', 'made', 'by', 'because of', 'applied', 'by'],
    versions.map(({ version, writtenAt, writtenBy, cause, messageSid, appliedAt, appliedBy }) => {
      const because = {
        event: messageSid,
        correction: `corrected time of ${messageSid}`,
        merge: 'merge of two spellings',
      }[cause];
      const applied = appliedAt === undefined ? '' : iso(appliedAt);
      return [version, iso(writtenAt), named(writtenBy), because, applied, named(appliedBy)];
    }),
  );
}

function prunedText({ count, since }: NonNullable<LedgerEntry['pruned']>): string {
  return `${String(count)} further messages were removed from the history, the first of them at ${iso(since)}.`;
}

function appliedText({ version, appliedVersion, people, history }: LedgerEntry): string {
  if (version === 0) return 'holds no version of it and needs none.';
  const holds = `holds version ${String(appliedVersion)} of ${String(version)}`;
  const written = `${String(people.length)} ${people.length === 1 ? 'person' : 'people'}`;
  if (version === appliedVersion) return `${holds}, written to ${written}${namesText(people)}.`;
  return history.some(({ outcome }) => outcome === 'dead_lettered')
    ? `${holds}: the rest is in the dead letters.`
    : `${holds}: the rest is pending.`;
}

/** The first of the people, such as ` (cio_id a1, b2)`. */
function namesText(people: readonly string[]): string {
  if (people.length === 0) return '';
  const more = people.length > MAX_NAMES ? ', ...' : '';
  return ` (cio_id ${people.slice(0, MAX_NAMES).join(', ')}${more})`;
}

/** When Customer.io was last written and last read. Neither is known of a version that is not applied. */
function timesText({ version, writtenAt, readAt }: LedgerEntry): string[] {
  if (version === 0) return [];
  const written =
    writtenAt === undefined ? 'Never written, or by an older version' : `Last written ${iso(writtenAt)}`;
  const read = readAt === undefined ? 'never compared' : `last compared ${iso(readAt)}`;
  return [`${written}, ${read}. \`optouts verify\` compares now.`];
}

/** What comparisons wrote after the events had their outcomes. */
function laterWritesText(terminal: Terminal, { laterWrites = [] }: LedgerEntry): string[] {
  if (laterWrites.length === 0) return [];
  const rows = laterWrites.map(({ at, reason, kind, ...written }) => {
    const value = kind === 'orphaned' || kind === 'looser_policy' ? 'false' : 'true';
    return [iso(at), reason, kind, value, peopleText(written)];
  });
  return [tableText(terminal, ['written later', 'by', 'because', 'value', 'to (cio_id)'], rows)];
}

const DESTINATION_TEXTS = {
  native: 'The native list',
  campaign: 'The campaign',
  events: 'events at Customer.io',
  twilio_consents: "Twilio's own list",
} as const satisfies Record<DestinationName, string>;

/** Nothing for a destination whose version is not stored: it is not configured, or holds what Customer.io holds. */
function destinationText(
  entry: LedgerEntry,
  name: DestinationName,
  queued: ReadonlySet<DestinationName>,
): string[] {
  if (!entry.destinations?.[name]) return [];
  const { appliedVersion } = progressOf(entry, name);
  const holds = `${DESTINATION_TEXTS[name]} holds version ${String(appliedVersion)} of ${String(entry.version)}`;
  if (queued.has(name)) return [`${holds}: a job of it is pending.`];
  if (appliedVersion >= entry.appliedVersion) return [`${holds}.`];
  return [`${holds}: look for the rest in the dead letters of stage ${name}.`];
}

function noteText(note: Note | undefined, options: PhoneOptions): string {
  if (!note) return '';
  const written = writtenText(options);
  const { by, why, phrase } = note;
  return [by && `by ${written(by)}`, why && written(why), phrase && `rule ${phrase}`]
    .filter(Boolean)
    .join('; ');
}
