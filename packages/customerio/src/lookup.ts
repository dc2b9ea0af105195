import {
  JobError,
  isSamePhone,
  phoneSpellings,
  type E164,
  type PhoneFormat,
} from '@optout-sync/shared/domain';
import type { AppApi } from './app-api';
import { coalesce, bisectOnRejection } from './batching';
import type { GuardedClient, Slot } from './guarded-client';

/** Finds the people who have a phone number. */
export type Lookup = (phone: E164) => Promise<string[]>;

export interface LookupOptions {
  readonly phoneAttribute: string;
  readonly phoneFormats: readonly PhoneFormat[];
  /** Phones in one search. */
  readonly lookupBatch: number;
}

/**
 * A look-up that asks for many phones in one search. The answer names people, not phones, so those of a joint search
 * are told apart by their phone attribute; whoever cannot be told apart that way (spelt unlike anything we know, or not
 * readable yet) makes the batch be searched in halves, down to one phone, where nobody needs telling apart.
 */
export function createLookup(client: GuardedClient, api: AppApi, options: LookupOptions): Lookup {
  const { phoneAttribute, phoneFormats } = options;

  async function search(phones: readonly E164[], slot: Slot | undefined): Promise<string[][]> {
    const phonesOf = bySpelling(phones, phoneFormats);
    const people = await api.findPeople(phoneAttribute, [...phonesOf.keys()], slot);
    if (phones.length === 1) return [people];
    const stored = await api.attributeOf(people, phoneAttribute);
    const found = new Map(phones.map((phone): [E164, string[]] => [phone, []]));
    for (const person of people) {
      const value = stored.get(person) ?? '';
      const owned = phonesOf.get(value) ?? phones.filter((phone) => isSamePhone(value, phone, phoneFormats));
      if (owned.length === 0) throw new NotToldApart();
      for (const phone of owned) found.get(phone)?.push(person);
    }
    return [...found.values()];
  }

  return coalesce<E164, string[]>({
    api: client,
    maxBatch: options.lookupBatch,
    run: async (asked, slot) => {
      const phones = [...new Set(asked)];
      const found = await bisectOnRejection(phones, (part) => search(part, slot));
      return asked.map((phone) => found[phones.indexOf(phone)] ?? []);
    },
  });
}

/** Which of the phones are spelt so: a national spelling may stand for several. */
function bySpelling(phones: readonly E164[], formats: readonly PhoneFormat[]): Map<string, E164[]> {
  const phonesOf = new Map<string, E164[]>();
  for (const phone of phones) {
    for (const spelling of phoneSpellings(phone, formats)) {
      phonesOf.set(spelling, [...(phonesOf.get(spelling) ?? []), phone]);
    }
  }
  return phonesOf;
}

class NotToldApart extends JobError {
  constructor() {
    super(
      'refused',
      'customerio_people_not_told_apart',
      'some people found match no phone that was searched',
    );
  }
}
