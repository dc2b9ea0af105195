import { heldPeople, type HeldPerson, type Lookup, type PeopleReader } from '@optout-sync/customerio';
import type { PhoneSettings, ReconcileMode } from '@optout-sync/shared/domain';
import type { Lane } from '@optout-sync/shared/queues';
import type { Drift } from '@optout-sync/shared/reconcile';
import type { AttributeNames } from './attributes';
import { stoppedSenders, type Consent, type Destination } from './destination';
import { byKind, differingPeople, type Differing } from './differing-people';
import { writeToPeople, type PersonWriter } from './people';

export interface CompareOptions {
  readonly mode: ReconcileMode;
  /** The lane of the job that compares. */
  readonly lane: Lane;
  /** cio_ids that may have the number although a search does not find them yet; see `Newcomers`. */
  readonly newcomers: readonly string[];
  /** Redis' time, in ms since 1970. */
  readonly now: number;
  /** How long after our own write a value that is read may be older, in ms. */
  readonly lagMs: number;
  /** `full` where an operator waits for a pass: it may use all of the rate that live traffic leaves unused. */
  readonly pace: 'quarter' | 'full';
  /** The cio_ids of people who may be set back, because an operator asked for it. */
  readonly allowOptIn: readonly string[];
  /** The cio_ids of people whom an earlier comparison found orphaned. */
  readonly orphans: readonly string[];
  /** Whether a number, as Customer.io stores it, is opted out by an entry of its own. */
  readonly isStopped: (stored: string) => Promise<boolean>;
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
  /** Who differed. */
  readonly drift: Drift;
  /** Those of them who were corrected. */
  readonly corrected: Drift;
  /** Whether somebody may differ only because Customer.io lags behind our own write. */
  readonly isSettling: boolean;
}

/**
 * Compares Customer.io with a consent that was applied, and writes what differs: `true` to people who have a stopped number,
 * `false` only to people named by an operator. Resolves with `undefined` when there is nothing to compare, or the entry has
 * a newer version, whose own sync follows.
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
}

/**
 * Compares the people who have the number. Those it was written to before, and newcomers, are read as well: the search may
 * lag.
 */
export function comparePeople(options: PeopleComparison): Compare {
  return async (consent, compareOptions) => {
    const { entry } = consent;
    const { mode, allowOptIn, raise } = compareOptions;
    const held = await readHeld(options, consent, compareOptions);
    const { differing, isSettling } = await differingPeople(held, consent, {
      ...compareOptions,
      attribute: options.names.optedOut[consent.subject.channel],
    });
    const found = { read: true, drift: byKind(differing), isSettling };
    if (mode === 'report') return { ...found, people: entry.people, written: 0, corrected: {} };

    const missed = differing.filter(([, kind]) => kind === 'missing' || kind === 'reverted');
    const setBack = differing.filter(
      ([{ cioId }, kind]) => (kind === 'orphaned' || kind === 'looser_policy') && allowOptIn.includes(cioId),
    );
    const overwritten = [...missed.filter(([person]) => isOverwritten(person, consent)), ...setBack];
    const timestamp =
      overwritten.length === 0 ? entry.timestamp : await raise(overwritten.map(([{ setAt }]) => setAt));
    if (timestamp === undefined) return undefined;
    await writeToPeople(idsOf(missed), options.writers, onlyStopped(consent, timestamp));
    for (const kind of ['orphaned', 'looser_policy'] as const) {
      const people = setBack.filter(([, each]) => each === kind);
      await writeToPeople(idsOf(people), options.writers, optedIn(consent, kind, timestamp));
    }
    const corrected = [...missed, ...setBack];
    return {
      ...found,
      people: peopleAfter(held, consent, byKind(setBack).orphaned ?? []),
      written: corrected.length,
      corrected: byKind(corrected),
    };
  };
}

/**
 * Writes `true` once more where the phone is the identifier, since such a person cannot be read. The timestamp is raised
 * each time: whether there is another value to overwrite is not known.
 */
export function rewriteByPhone(write: Destination): Compare {
  return async (consent, { mode, raise }) => {
    if (!consent.optedOut) return undefined;
    const { people } = consent.entry;
    const unread = { people, read: false, drift: {}, corrected: {}, isSettling: false };
    if (mode === 'report') return { ...unread, written: 0 };
    const timestamp = await raise([undefined]);
    if (timestamp === undefined) return undefined;
    await write(onlyStopped(consent, timestamp));
    return { ...unread, written: 1 };
  };
}

/** Compares at the pace that is asked for; in a lane before the background promptly. */
export function compareByPace(paces: Readonly<Record<'quarter' | 'full' | 'prompt', Compare>>): Compare {
  return (consent, options) => {
    const { pace, lane } = options;
    return paces[lane === 'background' ? pace : 'prompt'](consent, options);
  };
}

async function readHeld(
  { findPeople, readPeople, phoneAttribute, phoneSettings, names }: PeopleComparison,
  { subject, entry }: Consent,
  { newcomers, orphans }: Pick<CompareOptions, 'newcomers' | 'orphans'>,
): Promise<HeldPerson[]> {
  const { phone, channel } = subject;
  const found = new Set(await findPeople(phone));
  const people = await readPeople([...new Set([...found, ...entry.people, ...newcomers, ...orphans])]);
  return heldPeople(found, people, {
    phone,
    phoneAttribute,
    phoneSettings,
    attribute: names.optedOut[channel],
  });
}

/**
 * Whether a write with the entry's timestamp would lose: to a value of somebody else, or to a removal, which has a time too.
 * Where Customer.io says no times, whoever has no value may have lost it.
 */
function isOverwritten({ cioId, value, setAt, hasTimes }: HeldPerson, { entry }: Consent): boolean {
  return value !== undefined || setAt !== undefined || !hasTimes || entry.people.includes(cioId);
}

/** The consent without what would opt anybody in. */
function onlyStopped({ subject, entry }: Consent, timestamp: number): Consent {
  const stopped = new Set(stoppedSenders(entry));
  const senders = new Map([...entry.senders].filter(([sender]) => stopped.has(sender)));
  return { subject, entry: { ...entry, senders, timestamp }, optedOut: true };
}

/** The consent of people whom an operator sets back. The senders of a number that they no longer have do not concern them. */
function optedIn(
  { subject, entry }: Consent,
  kind: 'orphaned' | 'looser_policy',
  timestamp: number,
): Consent {
  const senders = kind === 'orphaned' ? new Map<never, never>() : entry.senders;
  return { subject, entry: { ...entry, senders, timestamp }, optedOut: false };
}

/** The cio_ids that the consent has been written to: of those without the number only who is still opted out by it. */
function peopleAfter(
  held: readonly HeldPerson[],
  { entry, optedOut }: Consent,
  setBack: readonly string[],
): string[] {
  const known = new Set(entry.people);
  const stays = ({ cioId, hasNumber, value }: HeldPerson): boolean =>
    hasNumber ? optedOut || known.has(cioId) : known.has(cioId) && value === 'true';
  return held
    .filter(stays)
    .map(({ cioId }) => cioId)
    .filter((cioId) => !setBack.includes(cioId));
}

function idsOf(differing: readonly Differing[]): string[] {
  return differing.map(([{ cioId }]) => cioId);
}
