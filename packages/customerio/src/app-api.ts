import { JobError } from '@optout-sync/shared/domain';
import { attributesAnswer, optOutListAnswer, optOutsAnswer, searchAnswer } from './answers';
import { attributeValue } from './attribute-value';
import type { GuardedClient, SendOptions } from './guarded-client';

const PAGE_SIZE = 1_000;
export const MAX_PEOPLE_PER_READ = 100;
/** More pages than the people of any phone number fill. Ends the loop when a broken server pages forever. */
const MAX_PAGES = 100;
/** A list of opt-outs has at most a million people here. */
const MAX_LIST_PAGES = 1_000;
/**
 * What a combined search reads: people, and pages, since an empty page need not be the last. To tell more people apart
 * would take more requests than to search for the phones in smaller parts.
 */
const COMBINED_SEARCH = { maxPeople: PAGE_SIZE, maxPages: 3 };

/** A person's opt-out from one of our senders, or its removal. */
export interface OptOut {
  /** Our number, short code or Messaging Service SID. */
  readonly from: string;
  readonly optout: boolean;
  readonly channel: 'sms' | 'whatsapp';
}

/** What Customer.io holds of a person. */
export interface PersonAttributes {
  /** As text, by name; an attribute that the person does not have is missing. */
  readonly values: ReadonlyMap<string, string>;
  /** Unix seconds at which each attribute was last set, where the answer contains it. */
  readonly timestamps: ReadonlyMap<string, number>;
}

/** People of a search. `complete` is false when there are more people than a combined search reads. */
export interface FoundPeople {
  readonly cioIds: string[];
  readonly complete: boolean;
}

/** The part of Customer.io's App API that looks people up and sets their opt-outs. */
export class AppApi {
  constructor(private readonly client: Pick<GuardedClient, 'send'>) {}

  /**
   * The cio_ids of all people whose `field` equals one of `values`, without repeats, over all pages.
   *
   * @throws {JobError}
   */
  async findPeople(field: string, values: readonly string[], options: SendOptions = {}): Promise<string[]> {
    const bounds = { maxPeople: Infinity, maxPages: MAX_PAGES };
    const { cioIds, complete } = await this.search(field, values, bounds, options);
    if (complete) return cioIds;
    throw new JobError(
      'transient',
      'customerio_endless_pages',
      `more than ${String(MAX_PAGES)} pages of people`,
    );
  }

  /** The same for the values of several phones, but at most as many people as can be told apart at once. */
  findSomePeople(field: string, values: readonly string[], options: SendOptions = {}): Promise<FoundPeople> {
    return this.search(field, values, COMBINED_SEARCH, options);
  }

  /**
   * The value of one attribute by cio_id: '' for a person without the attribute, no entry for a person who no longer
   * exists.
   *
   * @throws {JobError}
   */
  async attributeValues(
    cioIds: readonly string[],
    field: string,
    options: SendOptions = {},
  ): Promise<Map<string, string>> {
    const people = await this.readPeople(cioIds, [field], options);
    return new Map([...people].map(([cioId, { values }]) => [cioId, values.get(field) ?? '']));
  }

  /**
   * Reads attributes by cio_id, 100 people a request, and fewer where the answer would be too large; no entry for a person who no
   * longer exists.
   *
   * @throws {JobError}
   */
  async readPeople(
    cioIds: readonly string[],
    names: readonly string[],
    options: SendOptions = {},
  ): Promise<Map<string, PersonAttributes>> {
    const people = new Map<string, PersonAttributes>();
    for (let i = 0; i < cioIds.length; i += MAX_PEOPLE_PER_READ) {
      await this.readInto(people, cioIds.slice(i, i + MAX_PEOPLE_PER_READ), names, options);
    }
    return people;
  }

  /** Adds people to `people`: together, or each half by itself where their answer is too large. */
  private async readInto(
    people: Map<string, PersonAttributes>,
    cioIds: readonly string[],
    names: readonly string[],
    options: SendOptions,
  ): Promise<void> {
    try {
      const answer = await this.client.send(
        {
          operation: 'attributes',
          method: 'POST',
          path: '/v1/customers/attributes',
          query: { id_type: 'cio_id' },
          body: { ids: cioIds },
          answer: attributesAnswer,
        },
        options,
      );
      for (const { identifiers, attributes, timestamps } of answer) {
        people.set(identifiers.cio_id, {
          values: new Map(pick(names, (name) => attributeValue(attributes, name))),
          timestamps: new Map(
            pick(names, (name) => (Object.hasOwn(timestamps, name) ? timestamps[name] : undefined)),
          ),
        });
      }
    } catch (error) {
      if (!(error instanceof JobError) || error.code !== 'customerio_answer_too_large') throw error;
      if (cioIds.length === 1) throw error;
      const middle = Math.ceil(cioIds.length / 2);
      await this.readInto(people, cioIds.slice(0, middle), names, options);
      await this.readInto(people, cioIds.slice(middle), names, options);
    }
  }

  /**
   * Sets a person's opt-outs by sender; does nothing for a person who no longer exists. Customer.io applies them
   * asynchronously, after its response.
   *
   * @throws {JobError}
   */
  async setOptOuts(cioId: string, optouts: readonly OptOut[], options: SendOptions = {}): Promise<void> {
    try {
      await this.client.send(
        {
          operation: 'optouts',
          method: 'PUT',
          path: `/v1/customers/${encodeURIComponent(cioId)}/optouts`,
          query: { id_type: 'cio_id' },
          body: { optouts },
          answer: optOutsAnswer,
        },
        options,
      );
    } catch (error) {
      if (!(error instanceof JobError) || error.kind !== 'rejected' || error.status !== 404) throw error;
    }
  }

  /**
   * The cio_ids of everyone on Customer.io's own opt-out list of one sender, over all pages. Senders of SMS are stored there in lower
   * case, and whether a list is found by another spelling is not documented.
   *
   * @param from our number, short code or Messaging Service SID
   * @throws {JobError}
   */
  async peopleOptedOutOf(
    from: string,
    channel: OptOut['channel'],
    options: SendOptions = {},
  ): Promise<Set<string>> {
    const people = new Set<string>();
    let start = '';
    for (let page = 0; page < MAX_LIST_PAGES; page++) {
      const { entries, next } = await this.client.send(
        {
          operation: 'optouts',
          method: 'GET',
          path: '/v1/optouts',
          query: {
            from: channel === 'sms' ? from.toLowerCase() : from,
            limit: PAGE_SIZE,
            ...(start ? { start } : {}),
          },
          answer: optOutListAnswer,
        },
        options,
      );
      for (const { cioId, channels } of entries) if (channels.has(channel)) people.add(cioId);
      if (!next) return people;
      start = next;
    }
    throw new JobError(
      'transient',
      'customerio_endless_pages',
      `more than ${String(MAX_LIST_PAGES)} pages of opt-outs`,
    );
  }

  /**
   * One page of the people that a filter selects.
   *
   * @param filter in the form of `POST /v1/customers`, such as that of {@link attributeEquals}
   * @param page.start the `next` of the page before; '' for the first page
   * @param page.limit 1 to 1,000
   * @returns `next`, which is '' at the end
   * @throws {JobError}
   */
  pageOfPeople(
    filter: object,
    { start, limit }: { readonly start: string; readonly limit: number },
    options: SendOptions = {},
  ): Promise<{ cioIds: string[]; next: string }> {
    return this.client.send(
      {
        operation: 'search',
        method: 'POST',
        path: '/v1/customers',
        query: { limit, ...(start ? { start } : {}) },
        body: { filter },
        answer: searchAnswer,
      },
      options,
    );
  }

  private async search(
    field: string,
    values: readonly string[],
    { maxPeople, maxPages }: { readonly maxPeople: number; readonly maxPages: number },
    options: SendOptions,
  ): Promise<FoundPeople> {
    const conditions = values.map((value) => attributeEquals(field, value));
    const [only, ...others] = conditions;
    const filter = only && others.length === 0 ? only : { or: conditions };
    const found = new Set<string>();
    let start = '';
    for (let page = 0; page < maxPages && found.size < maxPeople; page++) {
      const { cioIds, next } = await this.pageOfPeople(filter, { start, limit: PAGE_SIZE }, options);
      for (const cioId of cioIds) found.add(cioId);
      // An empty `next` marks the end; an empty page with a `next` does not.
      if (!next) return { cioIds: [...found], complete: true };
      start = next;
    }
    return { cioIds: [...found], complete: false };
  }
}

/** The filter of the people whose attribute has this value. */
export const attributeEquals = (field: string, value: string): object => ({
  attribute: { field, operator: 'eq', value },
});

/** The entries of `names` that have a value. */
function pick<Value>(
  names: readonly string[],
  valueOf: (name: string) => Value | undefined,
): [string, Value][] {
  return names.flatMap((name): [string, Value][] => {
    const value = valueOf(name);
    return value === undefined ? [] : [[name, value]];
  });
}
