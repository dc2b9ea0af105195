import { setTimeout as delay } from 'node:timers/promises';
import { attributesAnswer, searchAnswer } from './answers';
import { attributeValue } from './attribute-value';
import type { ApiRequest, CustomerIoClient } from './customerio-client';

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
  let requests = 0;
  const send = async <Data>(request: ApiRequest<Data>): Promise<Data> => {
    if (requests++ > 0) await delay(1_000 / requestsPerSecond);
    return client.send(request);
  };
  const exists = { attribute: { field, operator: 'exists' } };
  const count = async (filter: unknown): Promise<PeopleCount & { readonly first: readonly string[] }> => {
    let [start, counted] = ['', 0];
    let first: readonly string[] = [];
    for (let page = 0; page < maxPages; page++) {
      const { cioIds, next } = await send({
        operation: 'search',
        method: 'POST',
        path: '/v1/customers',
        query: { limit: PAGE_SIZE, ...(start ? { start } : {}) },
        body: { filter },
        answer: searchAnswer,
      });
      counted += cioIds.length;
      if (first.length === 0) first = cioIds.slice(0, SAMPLE_SIZE);
      if (!next) return { count: counted, atLeast: false, first };
      start = next;
    }
    return { count: counted, atLeast: true, first };
  };
  const having = await count(exists);
  const lacking = await count({ not: exists });
  const { first } = having;
  // Asked for even if nobody has the attribute: the right to read attributes is checked by it.
  const people = await send({
    operation: 'attributes',
    method: 'POST',
    path: '/v1/customers/attributes',
    query: { id_type: 'cio_id' },
    body: { ids: first.length > 0 ? first : ['optout-sync'] },
    answer: attributesAnswer,
  });
  const values = people
    .map(({ attributes }) => attributeValue(attributes, field))
    .filter((value) => value !== undefined);
  return {
    having: { count: having.count, atLeast: having.atLeast },
    lacking: { count: lacking.count, atLeast: lacking.atLeast },
    values,
  };
}
