import { phoneSpellings, withoutNational, type E164, type PhoneSettings } from '@optout-sync/shared/domain';
import type { AppApi } from './app-api';
import { coalesce } from './batching';
import { CrowdedPhones } from './crowded-phones';
import type { GuardedClient } from './guarded-client';
import { PhoneSearch, SEARCH_ALONE, type Found, type PhoneSearchOptions } from './phone-search';
import type { SlotClass } from './rate-limiter';

/**
 * Finds the people who have a phone number, as cio_ids.
 *
 * @param purpose default: `opt_out`. To opt people in, spellings without the country code do not count; see `withoutNational`.
 * @throws {JobError}
 */
export type Lookup = (phone: E164, purpose?: 'opt_out' | 'opt_in') => Promise<string[]>;

export interface LookupOptions extends PhoneSearchOptions {
  /** The class of its requests. Default: live. */
  readonly slot?: SlotClass;
}

/** Creates a look-up that searches for many phones at once; see `PhoneSearch`. */
export function createLookup(client: GuardedClient, api: AppApi, options: LookupOptions): Lookup {
  const toOptOut = createSearch(client, api, options, options);
  const settings = withoutNational(options);
  const isSame = settings.phoneFormats.length === options.phoneFormats.length;
  const toOptIn = isSame ? toOptOut : createSearch(client, api, options, settings);
  return (phone, purpose) => (purpose === 'opt_in' ? toOptIn(phone) : toOptOut(phone));
}

/**
 * A phone that very many people share is searched for alone, so that the other phones of the batch wait neither for its pages
 * nor for the matching of its people.
 */
function createSearch(
  client: GuardedClient,
  api: AppApi,
  { phoneAttribute, lookupBatch, slot, onSearch }: LookupOptions,
  { phoneFormats, defaultCountry }: PhoneSettings,
): (phone: E164) => Promise<string[]> {
  const settings = { phoneFormats, defaultCountry };
  const crowded = new CrowdedPhones();
  const search = new PhoneSearch(client, api, crowded, { ...settings, phoneAttribute, lookupBatch });
  const load = coalesce<E164, Found>({
    client,
    operation: 'search',
    slot,
    maxBatch: lookupBatch,
    run: async (requested, reservation) => {
      const phones = [...new Set(requested)];
      onSearch?.(phones.length);
      const results = await search.run(phones, { slot, reservation });
      return requested.map((phone) => results[phones.indexOf(phone)] ?? []);
    },
  });
  return async (phone) => {
    const spellings = phoneSpellings(phone, settings);
    // Such as a foreign number where people are found by national numbers alone.
    if (spellings.length === 0) return [];
    const found = crowded.has(phone) ? SEARCH_ALONE : await load(phone);
    if (Array.isArray(found)) return found;
    const people = await api.findPeople(phoneAttribute, spellings, { slot });
    crowded.checkAgain(phone, people.length);
    return people;
  };
}
