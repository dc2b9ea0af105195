import { DestinationName } from '../domain/destination-name';
import { checkForm, parseEvent, type RecordedEvent } from './ledger-entry';
import { uniteSender } from './unite-sender';

/** An entry with its history, as one hash; empty where there is none. Its fields: ledger-entry.ts. */
export type EntryHash = Readonly<Record<string, string>>;

const RANK: Readonly<Record<string, number>> = { stop: 3, start: 2, help: 1, review: 1 };
/** Sources that give the time Twilio has for a message. */
const TIMED = new Set(['e', 'b']);
/** A field beside the row of a message: its note, and what later versions may add. */
const OF_MESSAGE = /^[a-ln-rt-z]:([A-Z]{2}[0-9A-Za-z]{32})$/;

/**
 * Unites the entries of one subscriber under two spellings of the number. Each message is in the result once, each sender is
 * decided by the set of its messages, and the people are those of both. The version is one above both, of which
 * the lower applied version is applied, so a sync is due; its timestamp is one above both, so the write of that sync wins.
 *
 * Uniting once more with an entry that was united before changes no message, sender or person.
 *
 * @param own the entry under the canonical spelling, with whose numbers of senders the result goes on
 * @throws {UnreadableEntryError} for an entry in a form of a later release
 */
export function uniteEntries(own: EntryHash, other: EntryHash): Record<string, string> {
  checkForm(own);
  checkForm(other);
  const senders = new Senders(own, other);
  const rows = uniteRows(own, other, senders);
  const united = {
    ...pick(other, (field) => !isOfSender(field)),
    ...pick(own, (field) => !isOfSender(field)),
    ...pick(other, (field) => rows.get(OF_MESSAGE.exec(field)?.[1] ?? '')?.isOther === true),
    ...Object.fromEntries([...rows].map(([sid, { value }]) => [`m:${sid}`, value])),
    ...headOf(own, other),
    n: String(senders.last),
  };
  return { ...united, ...senderFields(united, senders, [own, other]) };
}

const isOfSender = (field: string): boolean => field.startsWith('s:') || field.startsWith('o:');

function pick(hash: EntryHash, takes: (field: string) => boolean): EntryHash {
  return Object.fromEntries(Object.entries(hash).filter(([field]) => takes(field)));
}

/** The fields of the senders, by the messages of the united entry. */
function senderFields(united: EntryHash, senders: Senders, known: readonly EntryHash[]): EntryHash {
  const fields: Record<string, string> = {};
  const names = new Map([...senders.numbers].map(([name, number]) => [number, name]));
  const events = Object.entries(united).flatMap(([field, value]) =>
    field.startsWith('m:') ? [withLifts(field.slice(2), value, names, united)] : [],
  );
  for (const [name, number] of senders.numbers) {
    const firsts = known.flatMap((entry) => entry[`o:${numbersOf(entry).get(name) ?? ''}`] ?? []);
    const { deciding, first } = uniteSender(ofSender(name, events), firsts);
    fields[`s:${name}`] = deciding ? `${number} ${deciding.messageSid}` : number;
    if (first) fields[`o:${number}`] = `${String(first.at)} ${first.sid}`;
  }
  return fields;
}

/** A message, and the senders whose opt-out it lifts beside that of its own. */
interface LiftingEvent extends RecordedEvent {
  readonly lifts: readonly string[];
}

function withLifts(
  sid: string,
  value: string,
  names: ReadonlyMap<string, string>,
  hash: EntryHash,
): LiftingEvent {
  return {
    ...parseEvent(sid, value, names),
    ...(hash[`y:${sid}`] !== undefined && { weak: true }),
    lifts: hash[`l:${sid}`]?.split('\n') ?? [],
  };
}

/** The messages that a sender's consent depends on: as `rowsOfSender` in entry.lua. */
function ofSender(name: string, events: readonly LiftingEvent[]): LiftingEvent[] {
  const own = events.filter(({ sender }) => sender === name);
  if (!own.some(({ kind }) => kind === 'stop')) return own;
  return [...own, ...events.filter(({ sender, lifts }) => sender !== name && lifts.includes(name))];
}

/** The numbers of the senders in the united entry. */
class Senders {
  /** By the sender's name. */
  readonly numbers = new Map<string, string>();
  private readonly other: ReadonlyMap<string, string>;
  last: number;

  constructor(own: EntryHash, other: EntryHash) {
    this.other = numbersOf(other);
    for (const [name, number] of numbersOf(own)) this.numbers.set(name, number);
    this.last = Math.max(Number(own.n ?? 0), 0, ...[...this.numbers.values()].map(Number));
    for (const name of this.other.keys()) {
      if (!this.numbers.has(name)) this.numbers.set(name, String(++this.last));
    }
  }

  /** The number in the united entry of the sender that has this one in the other entry. */
  renumber(number: string): string {
    const name = [...this.other].find(([, one]) => one === number)?.[0] ?? '';
    return this.numbers.get(name) ?? '0';
  }
}

function numbersOf(hash: EntryHash): Map<string, string> {
  const senders = Object.entries(hash).filter(([field]) => field.startsWith('s:'));
  return new Map(senders.map(([field, value]) => [field.slice(2), value.split(' ')[0] ?? '0']));
}

interface UnitedRow {
  readonly value: string;
  /** Whether it is the row of the other entry, with its further fields. */
  readonly isOther: boolean;
}

function uniteRows(own: EntryHash, other: EntryHash, senders: Senders): Map<string, UnitedRow> {
  const rows = new Map<string, UnitedRow>();
  for (const [field, value] of Object.entries(own)) {
    if (field.startsWith('m:')) rows.set(field.slice(2), { value, isOther: false });
  }
  for (const [field, value] of Object.entries(other)) {
    if (!field.startsWith('m:')) continue;
    const parts = value.split(' ');
    const renumbered = [...parts.slice(0, -1), senders.renumber(parts.at(-1) ?? '')].join(' ');
    const present = rows.get(field.slice(2));
    rows.set(field.slice(2), present ? better(present, renumbered) : { value: renumbered, isOther: true });
  }
  return rows;
}

/** Of two rows of one message the one that knows more, with a final outcome where one of them has it. */
function better(present: UnitedRow, otherValue: string): UnitedRow {
  const [own, other] = [present.value.split(' '), otherValue.split(' ')];
  const isStronger = rankOf(other) - rankOf(own);
  const isOther = isStronger > 0 || (isStronger === 0 && isTimed(other) && !isTimed(own));
  const chosen = isOther ? other : own;
  if (isStronger === 0)
    chosen[OUTCOME] = [own, other].map((row) => row[OUTCOME]).find((one) => one !== 'p') ?? 'p';
  return { value: chosen.join(' '), isOther };
}

/** Where the outcome is in a row. */
const OUTCOME = 6;
const rankOf = ([kind = '']: readonly string[]): number => RANK[kind] ?? 0;
const isTimed = ([, source = '']: readonly string[]): boolean => TIMED.has(source);

function headOf(own: EntryHash, other: EntryHash): Record<string, string> {
  const number = (hash: EntryHash, field: string): number => Number(hash[field] ?? 0);
  const max = (field: string): number => Math.max(number(own, field), number(other, field));
  const isAlone = Object.keys(own).length === 0;
  const applied = isAlone ? number(other, 'a') : Math.min(number(own, 'a'), number(other, 'a'));
  const version = Math.max(max('v'), max('a')) + 1;
  const people = [...new Set([own.p, other.p].flatMap((text) => (text ? text.split(' ') : [])))];
  return {
    v: String(version),
    a: String(applied),
    t: String(max('t') + 1),
    p: people.join(' '),
    ...(max('wa') > 0 && { wa: String(max('wa')) }),
    ...(max('ra') > 0 && { ra: String(max('ra')) }),
    ...destinationsOf(own, other),
    ...prunedOf([own.q, other.q]),
  };
}

/**
 * What the optional destinations hold. Where one lacks a version of either entry it gets all from the lower version on again; else it
 * holds everything: a campaign must not be called twice.
 */
function destinationsOf(own: EntryHash, other: EntryHash): EntryHash {
  const known = [own, other].filter((hash) => Object.keys(hash).length > 0);
  const held = (hash: EntryHash, name: string): number => Number(hash[`a:${name}`] ?? hash.a ?? 0);
  return Object.fromEntries(
    DestinationName.options.flatMap((name) => {
      if (known.every((hash) => hash[`a:${name}`] === undefined)) return [];
      const isBehind = known.some((hash) => held(hash, name) < Number(hash.v ?? 0));
      const version = isBehind
        ? Math.min(...known.map((hash) => held(hash, name)))
        : Math.max(...known.map((hash) => Number(hash.v ?? 0)));
      const people = known.flatMap((hash) => (hash[`p:${name}`] ?? hash.p ?? '').split(' ').filter(Boolean));
      return [
        [`a:${name}`, String(version)],
        [`p:${name}`, [...new Set(people)].join(' ')],
      ];
    }),
  );
}

/** How many messages both have pruned, and when the first of them was. */
function prunedOf(texts: readonly (string | undefined)[]): EntryHash {
  const pruned = texts.flatMap((text) => (text === undefined ? [] : [text.split(' ').map(Number)]));
  if (pruned.length === 0) return {};
  const count = pruned.reduce((sum, [one = 0]) => sum + one, 0);
  return { q: `${String(count)} ${String(Math.min(...pruned.map(([, since = 0]) => since)))}` };
}
