import {
  JobError,
  isSamePhone,
  phoneSpellings,
  type E164,
  type PhoneFormat,
} from '@optout-sync/shared/domain';
import type { AppApi } from './app-api';
import { coalesce, bisectOnRejection } from './batching';
import type { GuardedClient, Reservation } from './guarded-client';

/** Finds the people who have a phone number, as cio_ids. @throws {JobError} */
export type Lookup = (phone: E164) => Promise<string[]>;

export interface LookupOptions {
  readonly phoneAttribute: string;
  readonly phoneFormats: readonly PhoneFormat[];
  /** Most phones in one search. */
  readonly lookupBatch: number;
}

/**
 * Creates a look-up that searches for many phones at once. The response contains people but not their phones, so the
 * people of a combined search are matched to phones by reading their phone attribute. When a person matches no phone
 * (their number has a spelling we do not know, or is not readable yet), the batch is halved, down to a single phone, for
 * which no matching is needed.
 */
export function createLookup(client: GuardedClient, api: AppApi, options: LookupOptions): Lookup {
  const { phoneAttribute, phoneFormats } = options;

  async function search(phones: readonly E164[], reservation: Reservation | undefined): Promise<string[][]> {
    const phonesBySpelling = groupBySpelling(phones, phoneFormats);
    const people = await api.findPeople(phoneAttribute, [...phonesBySpelling.keys()], reservation);
    if (phones.length === 1) return [people];
    const stored = await api.attributeValues(people, phoneAttribute);
    const found = new Map(phones.map((phone): [E164, string[]] => [phone, []]));
    for (const person of people) {
      const value = stored.get(person) ?? '';
      const matches =
        phonesBySpelling.get(value) ?? phones.filter((phone) => isSamePhone(value, phone, phoneFormats));
      if (matches.length === 0) throw new UnmatchedPersonError();
      for (const phone of matches) found.get(phone)?.push(person);
    }
    return [...found.values()];
  }

  return coalesce<E164, string[]>({
    client,
    maxBatch: options.lookupBatch,
    run: async (requested, reservation) => {
      const phones = [...new Set(requested)];
      const found = await bisectOnRejection(phones, (part) => search(part, reservation));
      return requested.map((phone) => found[phones.indexOf(phone)] ?? []);
    },
  });
}

/** The phones by each of their spellings. Phones of several countries may share a national spelling. */
function groupBySpelling(phones: readonly E164[], formats: readonly PhoneFormat[]): Map<string, E164[]> {
  const groups = new Map<string, E164[]>();
  for (const phone of phones) {
    for (const spelling of phoneSpellings(phone, formats)) {
      groups.set(spelling, [...(groups.get(spelling) ?? []), phone]);
    }
  }
  return groups;
}

/** Of kind `refused`, so that `bisectOnRejection` halves the batch. */
class UnmatchedPersonError extends JobError {
  constructor() {
    super(
      'refused',
      'customerio_people_not_told_apart',
      'a person found by a combined search matches none of its phones',
    );
  }
}
