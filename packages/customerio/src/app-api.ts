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

const SearchResponse = z.object({
  identifiers: z.array(z.object({ cio_id: z.coerce.string().min(1) })).nullish(),
  next: z.string().nullish(),
});

/** Values come back as strings. A value of any other kind than these cannot be a phone number and is dropped. */
const attributes = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined),
);
/** Documented as nested, observed as flat: both are accepted. */
const Customer = z.union([
  z.object({ customer: z.object({ identifiers: z.object({ cio_id: z.coerce.string() }), attributes }) }),
  z.object({ identifiers: z.object({ cio_id: z.coerce.string() }), attributes }),
]);
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
    const values = new Map<string, string>();
    for (let i = 0; i < cioIds.length; i += MAX_IDS_PER_CALL) {
      const { data } = await this.client.send({
        operation: 'attributes',
        method: 'POST',
        path: '/v1/customers/attributes',
        query: { id_type: 'cio_id' },
        body: { ids: cioIds.slice(i, i + MAX_IDS_PER_CALL) },
        schema: AttributesResponse,
      });
      for (const entry of data.customers ?? []) {
        const customer = 'customer' in entry ? entry.customer : entry;
        values.set(customer.identifiers.cio_id, String(customer.attributes[field] ?? ''));
      }
    }
    return values;
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
