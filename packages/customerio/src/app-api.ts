import { z } from 'zod';
import { JobError } from '@optout-sync/shared/domain';
import type { GuardedClient, Reservation } from './guarded-client';

const PAGE_SIZE = 1_000;
const MAX_IDS_PER_CALL = 100;
/** More pages than the people of any phone number fill. Ends the loop when a broken server pages forever. */
const MAX_PAGES = 100;

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
  /** Unix seconds at which each attribute was last set, where Customer.io says it. */
  readonly timestamps: ReadonlyMap<string, number>;
}

const SearchResponse = z.object({
  identifiers: z.array(z.object({ cio_id: z.coerce.string().min(1) })).nullish(),
  next: z.string().nullish(),
});

/** Values come back as strings. A value of any other kind than these cannot be a phone number and is dropped. */
const attributes = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined),
);
/** Unix seconds at which each attribute was last set; empty where the answer has none. */
const timestamps = z.record(z.string(), z.coerce.number().positive().optional().catch(undefined)).catch({});
const person = z.object({ identifiers: z.object({ cio_id: z.coerce.string() }), attributes, timestamps });
/** Documented as nested, observed as flat: both are accepted. */
const Customer = z.union([z.object({ customer: person }), person]);
const AttributesResponse = z.object({ customers: z.array(Customer).nullish() });

/** The part of Customer.io's App API that looks people up and sets their opt-outs. */
export class AppApi {
  constructor(private readonly client: GuardedClient) {}

  /**
   * The cio_ids of all people whose `field` equals one of `values`, without repeats, over all pages.
   *
   * @throws {JobError}
   */
  async findPeople(field: string, values: readonly string[], reservation?: Reservation): Promise<string[]> {
    const conditions = values.map((value) => ({ attribute: { field, operator: 'eq', value } }));
    const body = { filter: conditions.length === 1 ? conditions[0] : { or: conditions } };
    const found = new Set<string>();
    let start = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const { data } = await this.client.send(
        {
          operation: 'search',
          method: 'POST',
          path: '/v1/customers',
          query: { limit: PAGE_SIZE, ...(start ? { start } : {}) },
          body,
          schema: SearchResponse,
        },
        reservation,
      );
      for (const { cio_id } of data.identifiers ?? []) found.add(cio_id);
      // An empty `next` marks the end; an empty page with a `next` does not.
      if (!data.next) return [...found];
      start = data.next;
    }
    throw new JobError(
      'transient',
      'customerio_endless_pages',
      `more than ${String(MAX_PAGES)} pages of people`,
    );
  }

  /**
   * The value of one attribute by cio_id: '' for a person without the attribute, no entry for a person who no longer
   * exists.
   *
   * @throws {JobError}
   */
  async attributeValues(cioIds: readonly string[], field: string): Promise<Map<string, string>> {
    const people = await this.readPeople(cioIds, [field]);
    return new Map([...people].map(([cioId, { values }]) => [cioId, values.get(field) ?? '']));
  }

  /**
   * Reads attributes by cio_id, 100 people a request; no entry for a person who no longer exists.
   *
   * @throws {JobError}
   */
  async readPeople(
    cioIds: readonly string[],
    names: readonly string[],
    { reservation }: { readonly reservation?: Reservation | undefined } = {},
  ): Promise<Map<string, PersonAttributes>> {
    const people = new Map<string, PersonAttributes>();
    for (let i = 0; i < cioIds.length; i += MAX_IDS_PER_CALL) {
      const { data } = await this.client.send(
        {
          operation: 'attributes',
          method: 'POST',
          path: '/v1/customers/attributes',
          query: { id_type: 'cio_id' },
          body: { ids: cioIds.slice(i, i + MAX_IDS_PER_CALL) },
          schema: AttributesResponse,
        },
        reservation,
      );
      for (const entry of data.customers ?? []) {
        const customer = 'customer' in entry ? entry.customer : entry;
        people.set(customer.identifiers.cio_id, {
          values: new Map(pick(customer.attributes, names).map(([name, value]) => [name, String(value)])),
          timestamps: new Map(pick(customer.timestamps, names)),
        });
      }
    }
    return people;
  }

  /**
   * Sets a person's opt-outs by sender; does nothing for a person who no longer exists. Customer.io applies them
   * asynchronously, after its response.
   *
   * @throws {JobError}
   */
  async setOptOuts(cioId: string, optouts: readonly OptOut[]): Promise<void> {
    try {
      await this.client.send({
        operation: 'optouts',
        method: 'PUT',
        path: `/v1/customers/${encodeURIComponent(cioId)}/optouts`,
        query: { id_type: 'cio_id' },
        body: { optouts },
      });
    } catch (error) {
      if (!(error instanceof JobError) || error.status !== 404) throw error;
    }
  }
}

/** The entries of `names` that have a value. */
function pick<Value>(
  record: Readonly<Record<string, Value | undefined>>,
  names: readonly string[],
): [string, Value][] {
  return names.flatMap((name): [string, Value][] => {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    return value === undefined ? [] : [[name, value]];
  });
}
