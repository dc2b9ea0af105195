import { AppApi } from './app-api';
import type { CustomerIoClient } from './customerio-client';
import { LocalRateLimiter } from './local-rate-limiter';

const PAGE_SIZE = 1_000;
const SAMPLE_SIZE = 100;

/** How many people there are; `atLeast` when counting stopped before the end. */
export interface PeopleCount {
  readonly count: number;
  readonly atLeast: boolean;
}

/** Who has an attribute, and in which spellings. */
export interface PeopleCensus {
  readonly having: PeopleCount;
  readonly lacking: PeopleCount;
  /** The values of some people who have the attribute. They may identify a person. */
  readonly values: readonly string[];
}

/**
 * Counts the people with and without an attribute, and reads the values of the first 100. Read-only, at `requestsPerSecond`, and no
 * further than `maxPages` of 1,000 people each.
 *
 * @throws {JobError}
 */
export async function takePeopleCensus(
  client: Pick<CustomerIoClient, 'send'>,
  field: string,
  { maxPages, requestsPerSecond }: { readonly maxPages: number; readonly requestsPerSecond: number },
): Promise<PeopleCensus> {
  const limiter = new LocalRateLimiter(requestsPerSecond);
  const api = new AppApi({
    async send(request) {
      await limiter.acquire();
      return client.send(request);
    },
  });
  const count = async (filter: object): Promise<PeopleCount & { readonly first: readonly string[] }> => {
    let [start, counted] = ['', 0];
    let first: readonly string[] = [];
    for (let page = 0; page < maxPages; page++) {
      const { cioIds, next } = await api.pageOfPeople(filter, { start, limit: PAGE_SIZE });
      counted += cioIds.length;
      if (first.length === 0) first = cioIds.slice(0, SAMPLE_SIZE);
      if (!next) return { count: counted, atLeast: false, first };
      start = next;
    }
    return { count: counted, atLeast: true, first };
  };
  const exists = { attribute: { field, operator: 'exists' } };
  const { first, ...having } = await count(exists);
  const { count: lackingCount, atLeast } = await count({ not: exists });
  // Asked for even if nobody has the attribute: the right to read attributes is checked by it.
  const people = await api.readPeople(first.length > 0 ? first : ['optout-sync'], [field]);
  return {
    having,
    lacking: { count: lackingCount, atLeast },
    values: [...people.values()].flatMap(({ values }) => values.get(field) ?? []),
  };
}
