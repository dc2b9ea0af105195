import {
  PhoneFormat,
  countryOf,
  isOptedOut,
  isSamePhone,
  possiblePhones,
  type ConsentPolicy,
  type E164,
  type PhoneSettings,
  type Subject,
} from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { DriftKind } from '@optout-sync/shared/reconcile';
import type { PersonAttributes } from './app-api';

/**
 * How long after a write a value that is read may still be the one before it, in ms: Customer.io's index and writes may lag.
 */
export const LAG_MS = 60_000;

/** A person as Customer.io holds them, with regard to the consent of one phone number. */
export interface HeldPerson {
  readonly cioId: string;
  /** The phone attribute as it is stored; undefined for a person without one. */
  readonly phone: string | undefined;
  /** Whether they have the number: the search found them by it, or their phone attribute spells it. */
  readonly hasNumber: boolean;
  /** The opt-out attribute, as text; undefined for a person without it. */
  readonly value: string | undefined;
  /** Unix seconds at which that attribute was set or removed; undefined where Customer.io does not say it. */
  readonly setAt: number | undefined;
  /** Whether Customer.io says when attributes were set: then one without a time was never set. */
  readonly hasTimes: boolean;
}

const NOT_READ: PersonAttributes = { values: new Map(), timestamps: new Map() };

/** What the ledger says of a number. */
export interface NumberConsent {
  /** Whether it is opted out over all senders, by the workspace's policy. */
  readonly optedOut: boolean;
  /** Whether any sender of it is stopped. */
  readonly hasStoppedSender: boolean;
}

/**
 * Returns the people who were read, with what the comparison needs of them. Somebody who was found and is missing in the answer
 * counts as a holder without values: a write to a person who no longer exists changes nothing.
 *
 * @param found the cio_ids that a search for the number found
 * @param people found or written to before, by cio_id
 * @param attribute the name of the opt-out attribute
 */
export function heldPeople(
  found: ReadonlySet<string>,
  people: ReadonlyMap<string, PersonAttributes>,
  number: {
    readonly phone: E164;
    readonly phoneAttribute: string;
    readonly phoneSettings: PhoneSettings;
    readonly attribute: string;
  },
): HeldPerson[] {
  const { phone, phoneAttribute, phoneSettings, attribute } = number;
  // Somebody who was opted out by this number still has it, in whatever way it is written now.
  const anySpelling: PhoneSettings = {
    phoneFormats: PhoneFormat.options,
    defaultCountry: phoneSettings.defaultCountry ?? countryOf(phone),
  };
  const unread = [...found].filter((cioId) => !people.has(cioId));
  const all = [...people, ...unread.map((cioId) => [cioId, NOT_READ] as const)];
  return all.map(([cioId, { values, timestamps }]) => {
    const stored = values.get(phoneAttribute);
    return {
      cioId,
      phone: stored,
      hasNumber: found.has(cioId) || isSamePhone(stored ?? '', phone, anySpelling),
      value: values.get(attribute),
      setAt: timestamps.get(attribute),
      hasTimes: timestamps.size > 0,
    };
  });
}

/**
 * Returns how a person differs from the consent of a number; undefined when they do not. Does not know whether an orphan is
 * opted out by the number that they have now.
 */
export function driftOf(
  { hasNumber, value }: Pick<HeldPerson, 'hasNumber' | 'value'>,
  { optedOut, hasStoppedSender }: NumberConsent,
): DriftKind | undefined {
  if (!hasNumber) return value === 'true' ? 'orphaned' : undefined;
  if (!optedOut) return value === 'true' && hasStoppedSender ? 'looser_policy' : undefined;
  if (value === 'true') return undefined;
  return value === undefined ? 'missing' : 'reverted';
}

/**
 * Whether the number that a person has now is opted out by an entry of its own. Where several numbers may be written so, one that
 * is opted out suffices: nobody is set back unless it is certain.
 *
 * @param subject the number that they were opted out by
 * @param stored the phone attribute as it is stored
 */
export async function isPresentNumberStopped(
  ledger: Pick<Ledger, 'readWhole'>,
  subject: Subject,
  stored: string,
  { policy, defaultCountry }: Pick<PhoneSettings, 'defaultCountry'> & { readonly policy: ConsentPolicy },
): Promise<boolean> {
  const phones = possiblePhones(stored, subject.phone, { defaultCountry });
  const entries = await Promise.all(phones.map((phone) => ledger.readWhole({ ...subject, phone })));
  return entries.some((entry) => entry && isOptedOut([...entry.senders.values()], policy) === true);
}
