import { z } from 'zod';
import type { SenderConsent } from '../domain/consent';
import type { DestinationName } from '../domain/destination-name';
import type { EventKind, EventSource, Outcome } from '../domain/inbound-event';
import { Reason } from '../domain/reason';
import type { MessageSid } from '../domain/twilio-ids';
import { parseVersionNotes, type VersionNote } from './version-note';
import { parseDestinations, parsePeople, type DestinationProgress } from './destination-progress';
import { parseLaterWrites, type LaterWrite } from './later-write';
import { consentReason } from './reasons';
import { sinceOf } from './since';

/** The outcome of an event in the ledger; `pending` until Customer.io holds its version. */
export type RecordedOutcome = Exclude<Outcome, 'duplicate'> | 'pending';

/** One event of a phone's history. Times in milliseconds since 1970. */
export interface RecordedEvent {
  readonly messageSid: MessageSid;
  readonly sender: string;
  readonly kind: EventKind;
  readonly source: EventSource;
  /** The number that messages are ordered by, fixed when it is recorded; see `orderTimes`. */
  readonly orderAt: number;
  readonly occurredAt: number;
  readonly receivedAt: number;
  /** The version of the entry that this event made, or found when it changed nothing or repeated an opt-out. */
  readonly version: number;
  readonly outcome: RecordedOutcome;
  /** A YES: it counts only for somebody who is stopped. */
  readonly weak?: true;
  /** Who made an override and why, or which rule matched the wording. */
  readonly note?: Note;
}

export const Note = z.object({
  by: z.string().optional(),
  why: z.string().optional(),
  phrase: z.string().optional(),
  /** The keyword, as the lists have it, where `LedgerOptions.keepsKeywords` asks for it. */
  keyword: z.string().optional(),
  /** Only where the source does not tell; see `reasonOf`. Of a later release it may be one that is not known here. */
  reason: Reason.optional().catch(undefined),
});
export type Note = z.infer<typeof Note>;

/** The consent with one sender, and the event that decides it. */
export interface LedgerConsent extends SenderConsent {
  /** The version of the entry that this event made, or found when it repeated an opt-out. */
  readonly version: number;
  /** When the present state began, in ms since 1970: the first opt-out where it was repeated, else `occurredAt`. */
  readonly since: number;
  /** Why it is so; see `consentReason`. */
  readonly reason: Reason;
}

/** The consent of one (workspace, channel, phone). */
export interface LedgerEntry {
  /** Grows by one with every event that decides for its sender, except a repeated opt-out. */
  readonly version: number;
  /** The version that Customer.io holds; 0 for none. */
  readonly appliedVersion: number;
  /**
   * The timestamp of the write to Customer.io, in seconds since 1970: when the latest deciding message was sent, but later
   * than that of every earlier version. Customer.io's timestamps have no finer grain; so it retains the newer of two writes,
   * however late the older one arrives.
   */
  readonly timestamp: number;
  readonly senders: ReadonlyMap<string, LedgerConsent>;
  /**
   * The version that was written to everyone who was found, before it is known who has the number. Missing where there is none, or
   * it is applied.
   */
  readonly earlyVersion?: number;
  /** The cio_ids that the applied version was written to, at once or by a later comparison. */
  readonly people: readonly string[];
  /** The optional destinations whose progress is stored; see `progressOf`. Missing where there is none. */
  readonly destinations?: Readonly<Partial<Record<DestinationName, DestinationProgress>>>;
  /** When it was last written to Customer.io, in ms since 1970 by Redis' clock. Entries of older versions lack it. */
  readonly writtenAt?: number;
  /** When Customer.io was last compared with it, in ms since 1970 by Redis' clock. */
  readonly readAt?: number;
  /** What comparisons wrote, beside the outcomes of the events: the latest, oldest first. Missing for none. */
  readonly laterWrites?: readonly LaterWrite[];
  /** How many messages were pruned, and when the first of them was, in ms since 1970 by Redis' clock. Missing when none was. */
  readonly pruned?: { readonly count: number; readonly since: number };
  /** Whether older messages are in its history. Missing where none is. */
  readonly hasHistory?: true;
  /** Oldest first: the latest messages, and those that decide or wait for Customer.io. `Ledger.readWhole` reads the others too. */
  readonly history: readonly RecordedEvent[];
  /** Notes on the versions, oldest first, as far as they are stored with the messages above. */
  readonly versions: readonly VersionNote[];
}

/*
 * An entry is one Redis hash, usually small enough for a listpack (every value within 64 bytes):
 *   f           the version of this form; missing for 1. A release leaves an entry with a higher one alone
 *   v, a, t     version, applied version, timestamp
 *   p           cio_ids, separated by spaces
 *   ev          the version that was written to everyone who was found, until it is applied
 *   wa, ra      when Customer.io was last written and last read, in ms since 1970
 *   lw          what comparisons wrote, see checked.lua
 *   a:<destination>, p:<destination>
 *               the version that an optional destination holds, and the cio_ids it was written to
 *   s:<sender>  "<sender number> [<sid of the deciding event>]"
 *   m:<sid>     "<kind> <source> <orderAt> <occurredAt - orderAt> <receivedAt - orderAt> <version> <outcome> <sender number>"
 *               orderAt is the number to order by. Rows of earlier versions hold the time itself, and keep it
 *   w:<sid>     the note of that event as JSON, if it has one
 *   y:<sid>     '' where that event is a YES, which counts only for somebody who is stopped
 *   l:<sid>     senders whose opt-out that START lifts too, one in each line: numbers of its Messaging Service
 *   o:<number>  "<occurredAt> <sid>" of the first opt-out of that sender's present one, where a repetition decides
 *   v:<version> when it was made and applied, and by which build; see version-note.ts
 *   n           the number of senders so far
 *   u           a digest of the entry under another spelling of the number that was merged last; see merge-twins.ts
 *   x           the highest number to order by among the messages in its history; missing where it has none
 *   q           "<how many messages were pruned> <when the first of them was>"
 * Its history is a second hash, `history:` in place of `ledger:`, with fields m:, w:, y: and l: of older messages and versions.
 */
export const SOURCE_CODES = {
  webhook: 'w',
  event_stream: 'e',
  status_callback: 'c',
  studio: 's',
  backfill: 'b',
  manual: 'm',
  import: 'i',
} as const satisfies Record<EventSource, string>;

export const OUTCOME_CODES = {
  pending: 'p',
  applied: 'a',
  no_match: 'n',
  ignored: 'i',
  stale: 's',
  dead_lettered: 'd',
} as const satisfies Record<RecordedOutcome, string>;

const sources = inverse(SOURCE_CODES);
const outcomes = inverse(OUTCOME_CODES);

/** The outcome of a code of one letter, as scripts return it. */
export const outcomeOf = (code: string): RecordedOutcome | undefined => outcomes.get(code);

/** The version of the form; see `f` above. `scripts/form.lua` has it too. */
const FORM = '1';

/** A ledger entry that a later release wrote, or that is damaged. */
export class UnreadableEntryError extends Error {
  readonly code = 'ledger_entry_unreadable';

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `a ledger entry cannot be read: a later release wrote it, or it is damaged (${reason.split('\n', 1)[0] ?? ''})`,
      { cause },
    );
    this.name = 'UnreadableEntryError';
  }
}

/**
 * Parses the hash of one entry; `undefined` when it is empty, that is, when there is no entry.
 *
 * @throws {UnreadableEntryError} for a hash that this release or an earlier one did not write
 */
export function parseLedgerEntry(hash: Readonly<Record<string, string>>): LedgerEntry | undefined {
  try {
    return parseFields(hash);
  } catch (error) {
    throw error instanceof UnreadableEntryError ? error : new UnreadableEntryError(error);
  }
}

/** @throws {UnreadableEntryError} for an entry in a form of a later release */
export function checkForm({ f = '1' }: Readonly<Record<string, string>>): void {
  if (f !== FORM) throw new UnreadableEntryError(`its form has version ${f}`);
}

function parseFields(hash: Readonly<Record<string, string>>): LedgerEntry | undefined {
  const fields = Object.entries(hash);
  if (fields.length === 0) return undefined;
  checkForm(hash);
  const senderRows = fields
    .filter(([field]) => field.startsWith('s:'))
    .map(([field, value]) => {
      const [number = '', decidingSid] = value.split(' ');
      return { sender: field.slice(2), number, decidingSid };
    });
  const senderOf = new Map(senderRows.map((row) => [row.number, row.sender]));
  const history = fields
    .filter(([field]) => field.startsWith('m:'))
    .map(([field, value]) => withMarks(parseEvent(field.slice(2), value, senderOf), hash))
    .sort((a, b) => a.orderAt - b.orderAt);
  const eventOf = new Map<string, RecordedEvent>(history.map((event) => [event.messageSid, event]));
  const senders = new Map(
    senderRows.flatMap(({ sender, number, decidingSid }) => {
      const deciding = decidingSid === undefined ? undefined : eventOf.get(decidingSid);
      if (!deciding) return [];
      const messages = messagesOf(sender, history, hash);
      const since = sinceOf(deciding, hash[`o:${number}`], messages);
      return [
        [sender, { ...consentOf(deciding), since, reason: consentReason(deciding, messages) }] as const,
      ];
    }),
  );
  const stored = parseDestinations(hash);
  return {
    version: Number(hash.v ?? 0),
    appliedVersion: Number(hash.a ?? 0),
    timestamp: Number(hash.t ?? 0),
    senders,
    people: parsePeople(hash.p),
    ...(hash.ev !== undefined && { earlyVersion: Number(hash.ev) }),
    ...(stored && { destinations: stored }),
    ...(hash.wa === undefined ? {} : { writtenAt: Number(hash.wa) }),
    ...(hash.ra === undefined ? {} : { readAt: Number(hash.ra) }),
    ...(hash.lw === undefined ? {} : { laterWrites: parseLaterWrites(hash.lw) }),
    ...(hash.q !== undefined && { pruned: parsePruned(hash.q) }),
    ...(hash.x !== undefined && { hasHistory: true }),
    history,
    versions: parseVersionNotes(
      hash,
      history.map(({ messageSid }) => messageSid),
    ),
  };
}

function parsePruned(value: string): NonNullable<LedgerEntry['pruned']> {
  const [count, since] = value.split(' ');
  return { count: Number(count), since: Number(since) };
}

/**
 * What an optional destination holds. Where nothing is stored it holds what Customer.io holds: it was switched on, or its
 * own version was introduced, after the applied version had been written.
 */
export function progressOf(entry: LedgerEntry, destination: DestinationName): DestinationProgress {
  return entry.destinations?.[destination] ?? entry;
}

/**
 * Parses the value of `m:<sid>`.
 *
 * @param senderOf senders by their number
 * @throws {Error} for a value that no version wrote
 */
export function parseEvent(sid: string, value: string, senderOf: ReadonlyMap<string, string>): RecordedEvent {
  const [kind, source = '', orderAt, occurred, received, version, outcome = '', senderNumber = ''] =
    value.split(' ');
  const parsedSource = sources.get(source);
  const parsedOutcome = outcomes.get(outcome);
  if (!parsedSource || !parsedOutcome) throw new Error(`ledger: event ${sid} has an unknown form`);
  return {
    messageSid: sid as MessageSid,
    sender: senderOf.get(senderNumber) ?? '',
    kind: kind as EventKind,
    source: parsedSource,
    orderAt: Number(orderAt),
    occurredAt: Number(orderAt) + Number(occurred),
    receivedAt: Number(orderAt) + Number(received),
    version: Number(version),
    outcome: parsedOutcome,
  };
}

function withMarks(event: RecordedEvent, hash: Readonly<Record<string, string>>): RecordedEvent {
  const note = hash[`w:${event.messageSid}`];
  return {
    ...event,
    ...(hash[`y:${event.messageSid}`] !== undefined && { weak: true }),
    ...(note !== undefined && { note: Note.parse(JSON.parse(note)) }),
  };
}

/** The messages of a sender in the entry that change consent, and the opt-ins that lift its opt-out. */
function messagesOf(
  sender: string,
  history: readonly RecordedEvent[],
  hash: Readonly<Record<string, string>>,
): RecordedEvent[] {
  const lifts = ({ messageSid }: RecordedEvent): boolean =>
    hash[`l:${messageSid}`]?.split('\n').includes(sender) ?? false;
  return history.filter(
    (one) =>
      (one.kind === 'stop' && one.sender === sender) ||
      (one.kind === 'start' && (one.sender === sender || lifts(one))),
  );
}

function consentOf({
  kind,
  orderAt,
  occurredAt,
  source,
  version,
  messageSid,
}: RecordedEvent): Omit<LedgerConsent, 'since' | 'reason'> {
  return { state: kind === 'stop' ? 'stopped' : 'started', orderAt, occurredAt, source, version, messageSid };
}

function inverse<K extends string>(codes: Readonly<Record<K, string>>): ReadonlyMap<string, K> {
  return new Map(Object.entries<string>(codes).map(([name, code]) => [code, name as K]));
}
