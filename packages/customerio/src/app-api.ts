import { z } from 'zod';
import { JobError } from '@optout-sync/shared/domain';
import type { GuardedClient, Slot } from './guarded-client';

const PAGE_SIZE = 1_000;
const MAX_IDS_PER_CALL = 100;
/** More pages than any phone number's people fill: a paging loop of a broken server ends here. */
const MAX_PAGES = 100;

/** Whether a person is opted out of one of our senders. */
export interface OptOut {
  /** Our number, short code or Messaging Service. */
  readonly from: string;
  readonly optout: boolean;
  readonly channel: 'sms' | 'whatsapp';
}

const SearchAnswer = z.object({
  identifiers: z.array(z.object({ cio_id: z.coerce.string().min(1) })).nullish(),
  next: z.string().nullish(),
});

/** Values come back as strings; what is none of these kinds is no phone number. */
const attributes = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined),
);
/** Documented nested, seen flat: both are taken. */
const Customer = z.union([
  z.object({ customer: z.object({ identifiers: z.object({ cio_id: z.coerce.string() }), attributes }) }),
  z.object({ identifiers: z.object({ cio_id: z.coerce.string() }), attributes }),
]);
const AttributesAnswer = z.object({ customers: z.array(Customer).nullish() });

/** Customer.io's App API, as far as people are looked up by it. */
export class AppApi {
  constructor(private readonly client: GuardedClient) {}

  /** cio_ids of all people whose `field` equals one of `values`, each once, over all pages. */
  async findPeople(field: string, values: readonly string[], slot?: Slot): Promise<string[]> {
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
          answer: SearchAnswer,
        },
        slot,
      );
      for (const { cio_id } of data.identifiers ?? []) found.add(cio_id);
      // The end is an empty `next`; an empty page with one is not the end.
      if (!data.next) return [...found];
      start = data.next;
    }
    throw new JobError(
      'transient',
      'customerio_endless_pages',
      `more than ${String(MAX_PAGES)} pages of people`,
    );
  }

  /** The value of one attribute by cio_id; who is unknown by now is left out, who lacks it has ''. */
  async attributeOf(cioIds: readonly string[], field: string): Promise<Map<string, string>> {
    const values = new Map<string, string>();
    for (let i = 0; i < cioIds.length; i += MAX_IDS_PER_CALL) {
      const { data } = await this.client.send({
        operation: 'attributes',
        method: 'POST',
        path: '/v1/customers/attributes',
        query: { id_type: 'cio_id' },
        body: { ids: cioIds.slice(i, i + MAX_IDS_PER_CALL) },
        answer: AttributesAnswer,
      });
      for (const entry of data.customers ?? []) {
        const customer = 'customer' in entry ? entry.customer : entry;
        values.set(customer.identifiers.cio_id, String(customer.attributes[field] ?? ''));
      }
    }
    return values;
  }

  /** Sets a person's opt-outs by sender; nothing to do for who is gone. Customer.io applies it a little later. */
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
