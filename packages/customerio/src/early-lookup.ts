import type { E164 } from '@optout-sync/shared/domain';
import type { AppApi } from './app-api';
import { coalesce } from './batching';
import { CrowdedPhones } from './crowded-phones';
import type { GuardedClient } from './guarded-client';
import {
  PhoneSearch,
  SEARCH_ALONE,
  type Found,
  type FoundTogether,
  type PhoneSearchOptions,
} from './phone-search';

/** A phone, and the Unix seconds that its people are written with. */
interface DatedPhone {
  readonly phone: E164;
  readonly timestamp: number;
}

/**
 * Finds the people of a phone; `undefined` where the phone has to be looked up by itself.
 *
 * @throws {JobError}
 */
export type EarlyLookup = (dated: DatedPhone) => Promise<string[] | FoundTogether | undefined>;

/**
 * Creates a look-up that hands over all whom a joint search found before it is known who has which phone, with the earliest
 * timestamp of its phones.
 *
 * @param onFound resolves with whether they are to be told apart later
 */
export function createEarlyLookup(
  client: GuardedClient,
  api: AppApi,
  options: PhoneSearchOptions,
  onFound: (cioIds: readonly string[], timestamp: number) => Promise<boolean>,
): EarlyLookup {
  const crowded = new CrowdedPhones();
  const search = new PhoneSearch(client, api, crowded, options);
  const load = coalesce<DatedPhone, Found>({
    client,
    operation: 'search',
    maxBatch: options.lookupBatch,
    run: async (requested, reservation) => {
      const phones = [...new Set(requested.map(({ phone }) => phone))];
      options.onSearch?.(phones.length);
      const results = await search.run(phones, { reservation }, (part, cioIds) => {
        const times = requested.filter(({ phone }) => part.includes(phone)).map(({ timestamp }) => timestamp);
        return onFound(cioIds, Math.min(...times));
      });
      return requested.map(({ phone }) => results[phones.indexOf(phone)] ?? []);
    },
  });
  return async (dated) => {
    if (crowded.has(dated.phone)) return undefined;
    const found = await load(dated);
    return found === SEARCH_ALONE ? undefined : found;
  };
}
