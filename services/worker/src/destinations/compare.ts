import type { Lookup, PeopleReader, PersonAttributes } from '@optout-sync/customerio';
import { countryOf, isSamePhone, type PhoneSettings, type ReconcileMode } from '@optout-sync/shared/domain';
import type { Lane } from '@optout-sync/shared/queues';
import type { AttributeNames } from './attributes';
import { stoppedSenders, type Consent, type Destination } from './destination';
import { writeToPeople, type PersonWriter } from './people';

/**
 * How a person differs from the ledger:
 *
 * - `missing`: has a stopped number, and not the attribute
 * - `reverted`: has a stopped number, and another value than `true`
 * - `orphaned`: is `true` by this entry and no longer has the number; nothing is written
 */
type DriftKind = 'missing' | 'reverted' | 'orphaned';

interface CompareOptions {
  readonly mode: ReconcileMode;
  /** The lane of the job that compares. */
  readonly lane: Lane;
  /** cio_ids that may have the number although a search does not find them yet; see `Newcomers`. */
  readonly newcomers: readonly string[];
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
  readonly phoneSettings: PhoneSettings;
  readonly names: AttributeNames;
  /** Write the attribute, to people without it. */
  readonly writers: readonly PersonWriter[];
  /** Write to people who got the number since it was stopped. */
  readonly newcomerWriters: readonly PersonWriter[];
}

/** A person who has the number, and what Customer.io holds of it. */
interface Holder {
  readonly cioId: string;
  readonly value: string | undefined;
  /** Unix seconds; undefined where Customer.io does not say it. */
  readonly setAt: number | undefined;
}

/**
 * Compares the people who have the number. Those it was written to before, and newcomers, are read as well: the search may
 * lag.
 */
export function comparePeople(options: PeopleComparison): Compare {
  return async (consent, { mode, newcomers, now, lagMs, raise }) => {
    const { entry } = consent;
    const { holders, orphaned } = await findHolders(options, consent, newcomers);
    const known = new Set(entry.people);
    const isSettling = now - (entry.writtenAt ?? 0) < lagMs;
    const differing = holders.filter(
      ({ cioId, value }) => value !== 'true' && !(isSettling && known.has(cioId)),
    );
    const drift = {
      missing: differing.filter(({ value }) => value === undefined).length,
      reverted: differing.filter(({ value }) => value !== undefined).length,
      orphaned: orphaned.length,
    };
    if (mode === 'report') return { people: entry.people, read: true, written: 0, drift };

    const times = differing.filter((holder) => isOverwritten(holder, consent)).map(({ setAt }) => setAt);
    const timestamp = times.length === 0 ? entry.timestamp : await raise(times);
    if (timestamp === undefined) return undefined;
    const unknown = holders.filter(({ cioId }) => !known.has(cioId));
    const optOut = onlyStopped(consent, timestamp);
    await writeToPeople(idsOf(differing), options.writers, optOut);
    await writeToPeople(idsOf(unknown), options.newcomerWriters, optOut);
    const people = [...idsOf(holders), ...orphaned];
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

/** Compares in the background lane with one, and in all other lanes with the other. */
export function compareByLane(background: Compare, prompt: Compare): Compare {
  return (consent, options) => (options.lane === 'background' ? background : prompt)(consent, options);
}

async function findHolders(
  { findPeople, readPeople, phoneAttribute, phoneSettings, names }: PeopleComparison,
  { subject, entry }: Consent,
  newcomers: readonly string[],
): Promise<{ holders: Holder[]; orphaned: string[] }> {
  const found = new Set(await findPeople(subject.phone));
  const people = await readPeople([...new Set([...found, ...entry.people, ...newcomers])]);
  const name = names.optedOut[subject.channel];
  // Somebody who was opted out by this number still has it, in whatever way it is written now.
  const anySpelling: PhoneSettings = {
    phoneFormats: ['e164', 'digits', 'national'],
    defaultCountry: phoneSettings.defaultCountry ?? countryOf(subject.phone),
  };
  const holds = (cioId: string, { values }: PersonAttributes): boolean =>
    found.has(cioId) || isSamePhone(values.get(phoneAttribute) ?? '', subject.phone, anySpelling);
  const holders: Holder[] = [];
  const orphaned: string[] = [];
  for (const [cioId, person] of people) {
    const value = person.values.get(name);
    if (holds(cioId, person)) holders.push({ cioId, value, setAt: person.timestamps.get(name) });
    else if (value === 'true' && entry.people.includes(cioId)) orphaned.push(cioId);
  }
  return { holders, orphaned };
}

/**
 * Whether a write with the entry's timestamp would lose: to a value of somebody else, or to a removal, which has a time too.
 */
function isOverwritten({ cioId, value, setAt }: Holder, { entry }: Consent): boolean {
  return value !== undefined || setAt !== undefined || entry.people.includes(cioId);
}

/** The consent without what would opt anybody in. */
function onlyStopped({ subject, entry }: Consent, timestamp: number): Consent {
  const stopped = new Set(stoppedSenders(entry));
  const senders = new Map([...entry.senders].filter(([sender]) => stopped.has(sender)));
  return { subject, entry: { ...entry, senders, timestamp }, optedOut: true };
}

function idsOf(holders: readonly Holder[]): string[] {
  return holders.map(({ cioId }) => cioId);
}
