import {
  driftOf,
  heldPeople,
  type HeldPerson,
  type Lookup,
  type PeopleReader,
} from '@optout-sync/customerio';
import type { PhoneFormat, ReconcileMode } from '@optout-sync/shared/domain';
import type { DriftKind } from '@optout-sync/shared/reconcile';
import type { AttributeNames } from './attributes';
import { stoppedSenders, type Consent, type Destination } from './destination';
import { writeToPeople, type PersonWriter } from './people';

interface CompareOptions {
  readonly mode: ReconcileMode;
  /** Redis' time, in ms since 1970. */
  readonly now: number;
  /** How long after our own write a value that is read may be older, in ms. */
  readonly lagMs: number;
  /** Raises the entry's timestamp; see `Ledger.raiseTimestamp`. */
  readonly raise: (times: readonly (number | undefined)[]) => Promise<number | undefined>;
}

/** The result of a comparison. */
export interface Compared {
  /** The cio_ids that the consent has been written to, now or before. */
  readonly people: readonly string[];
  /** Whether Customer.io was read. */
  readonly read: boolean;
  /** How many people were written to. */
  readonly written: number;
  readonly drift: Readonly<Partial<Record<DriftKind, number>>>;
}

/**
 * Compares Customer.io with an opt-out that was applied, and writes what differs. Writes `true` and never `false`. Resolves
 * with `undefined` when the entry has a newer version, whose own sync follows.
 *
 * @throws {JobError} when Customer.io does not answer or does not accept it
 */
export type Compare = (consent: Consent, options: CompareOptions) => Promise<Compared | undefined>;

interface PeopleComparison {
  readonly findPeople: Lookup;
  readonly readPeople: PeopleReader;
  readonly phoneAttribute: string;
  readonly phoneFormats: readonly PhoneFormat[];
  readonly names: AttributeNames;
  /** Write the attribute, to people without it. */
  readonly writers: readonly PersonWriter[];
  /** Write to people who got the number since it was stopped. */
  readonly newcomerWriters: readonly PersonWriter[];
}

/** Compares the people who have the number. Those it was written to before are read as well: the search may lag. */
export function comparePeople(options: PeopleComparison): Compare {
  return async (consent, { mode, now, lagMs, raise }) => {
    const { entry } = consent;
    const held = await readHeld(options, consent);
    const holders = held.filter(({ hasNumber }) => hasNumber);
    const known = new Set(entry.people);
    const isSettling = now - (entry.writtenAt ?? 0) < lagMs;
    const differing = holders.filter(
      (person) => driftOf(person, STOPPED) !== undefined && !(isSettling && known.has(person.cioId)),
    );
    const orphaned = held.filter((person) => driftOf(person, STOPPED) === 'orphaned');
    const drift = countDrift([...differing, ...orphaned]);
    if (mode === 'report') return { people: entry.people, read: true, written: 0, drift };

    const times = differing.filter((holder) => isOverwritten(holder, consent)).map(({ setAt }) => setAt);
    const timestamp = times.length === 0 ? entry.timestamp : await raise(times);
    if (timestamp === undefined) return undefined;
    const newcomers = holders.filter(({ cioId }) => !known.has(cioId));
    const optOut = onlyStopped(consent, timestamp);
    await writeToPeople(idsOf(differing), options.writers, optOut);
    await writeToPeople(idsOf(newcomers), options.newcomerWriters, optOut);
    const people = idsOf([...holders, ...orphaned]);
    return { people, read: true, written: differing.length, drift };
  };
}

/**
 * Writes `true` once more where the phone is the identifier, since such a person cannot be read. The timestamp is raised
 * each time: whether there is another value to overwrite is not known.
 */
export function rewriteByPhone(write: Destination): Compare {
  return async (consent, { mode, raise }) => {
    const { people } = consent.entry;
    if (mode === 'report') return { people, read: false, written: 0, drift: {} };
    const timestamp = await raise([undefined]);
    if (timestamp === undefined) return undefined;
    await write(onlyStopped(consent, timestamp));
    return { people, read: false, written: 1, drift: {} };
  };
}

/** Only opt-outs are compared. */
const STOPPED = { optedOut: true, hasStoppedSender: true };

async function readHeld(
  { findPeople, readPeople, phoneAttribute, phoneFormats, names }: PeopleComparison,
  { subject, entry }: Consent,
): Promise<HeldPerson[]> {
  const { phone, channel } = subject;
  const found = new Set(await findPeople(phone));
  const people = await readPeople([...new Set([...found, ...entry.people])]);
  return heldPeople(found, people, {
    phone,
    phoneAttribute,
    phoneFormats,
    attribute: names.optedOut[channel],
  });
}

function countDrift(people: readonly HeldPerson[]): Record<'missing' | 'reverted' | 'orphaned', number> {
  const counts = { missing: 0, reverted: 0, orphaned: 0 };
  for (const person of people) {
    const drift = driftOf(person, STOPPED);
    if (drift !== undefined && drift !== 'looser_policy') counts[drift] += 1;
  }
  return counts;
}

/**
 * Whether a write with the entry's timestamp would lose: to a value of somebody else, or to a removal, which has a time too.
 */
function isOverwritten({ cioId, value, setAt }: HeldPerson, { entry }: Consent): boolean {
  return value !== undefined || setAt !== undefined || entry.people.includes(cioId);
}

/** The consent without what would opt anybody in. */
function onlyStopped({ subject, entry }: Consent, timestamp: number): Consent {
  const stopped = new Set(stoppedSenders(entry));
  const senders = new Map([...entry.senders].filter(([sender]) => stopped.has(sender)));
  return { subject, entry: { ...entry, senders, timestamp }, optedOut: true };
}

function idsOf(holders: readonly HeldPerson[]): string[] {
  return holders.map(({ cioId }) => cioId);
}
