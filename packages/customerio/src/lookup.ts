import { phoneSpellings, type E164 } from '@optout-sync/shared/domain';
import type { AppApi } from './app-api';
import { coalesce } from './batching';
import { CrowdedPhones } from './crowded-phones';
import type { GuardedClient } from './guarded-client';
import { PhoneSearch, SEARCH_ALONE, type Found, type PhoneSearchOptions } from './phone-search';
import type { SlotClass } from './rate-limiter';

/** Finds the people who have a phone number, as cio_ids. @throws {JobError} */
export type Lookup = (phone: E164) => Promise<string[]>;

export interface LookupOptions extends PhoneSearchOptions {
  /** The class of its requests. Default: live. */
  readonly slot?: SlotClass;
}

/**
 * Creates a look-up that searches for many phones at once; see `PhoneSearch`. A phone that very many people share is
 * searched for alone, so that the other phones of the batch wait neither for its pages nor for the matching of its people.
 */
export function createLookup(client: GuardedClient, api: AppApi, options: LookupOptions): Lookup {
  const { phoneAttribute, phoneFormats, lookupBatch, slot } = options;
  const crowded = new CrowdedPhones();
  const search = new PhoneSearch(client, api, crowded, options);
  const load = coalesce<E164, Found>({
    client,
    operation: 'search',
    slot,
    maxBatch: lookupBatch,
    run: async (requested, reservation) => {
      const phones = [...new Set(requested)];
      const results = await search.run(phones, { slot, reservation });
      return requested.map((phone) => results[phones.indexOf(phone)] ?? []);
    },
  });
  return async (phone) => {
    const found = crowded.has(phone) ? SEARCH_ALONE : await load(phone);
    if (found !== SEARCH_ALONE) return found;
    const people = await api.findPeople(phoneAttribute, phoneSpellings(phone, phoneFormats), { slot });
    crowded.checkAgain(phone, people.length);
    return people;
  };
}
