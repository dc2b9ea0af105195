import { z } from 'zod';
import { E164 } from '../domain/phone';

/** A person who was created in Customer.io or whose phone number changed. */
export const ChangedPerson = z.object({
  phone: E164,
  /** Read by it, the person is found before the search index has caught up. */
  cioId: z.string().min(1).optional(),
  /** The number that the person had before. */
  previousPhone: E164.optional(),
});
export type ChangedPerson = z.infer<typeof ChangedPerson>;

/** People of one workspace to compare with the ledger. */
export const PeopleChange = z.object({
  version: z.literal(1),
  /** Identifies the request that reported them, so that storing it again while it waits adds nothing. */
  id: z.string().min(1),
  workspace: z.string().min(1),
  people: z.array(ChangedPerson).min(1),
  /** The webhook that reported them, as W3C `traceparent`, where traces are recorded. */
  traceparent: z.string().optional(),
});
export type PeopleChange = z.infer<typeof PeopleChange>;
