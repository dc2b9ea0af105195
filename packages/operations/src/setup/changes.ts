import { z } from 'zod';

/*
 * A change at Twilio, with what is needed to undo it. Changes are what the preview shows, what is carried out, and what the undo
 * file holds.
 */

/** Parameters of Twilio's API; '' is none. */
const Fields = z.record(z.string(), z.string());

const SenderChange = z.object({
  kind: z.enum(['number', 'short_code', 'service']),
  sid: z.string(),
  /** The number or short code, or the name of the service. */
  name: z.string(),
  before: Fields,
  after: Fields,
});
export type SenderChange = z.infer<typeof SenderChange>;

/** A sink that is created; `sid` is '' until then. Undone, it is deleted. */
const SinkChange = z.object({ kind: z.literal('sink'), sid: z.string(), destination: z.string() });

/** A subscription that is created for `sinkSid`, or for the sink that is created before it where that is ''. */
const SubscriptionChange = z.object({
  kind: z.literal('subscription'),
  sid: z.string(),
  sinkSid: z.string(),
  types: z.record(z.string(), z.number()),
});

/** A type of a subscription that there is already; `before` is missing for one that is not subscribed to. */
const EventTypeChange = z.object({
  kind: z.literal('event_type'),
  subscriptionSid: z.string(),
  type: z.string(),
  before: z.number().optional(),
  after: z.number(),
});

export const Change = z.discriminatedUnion('kind', [
  SenderChange,
  SinkChange,
  SubscriptionChange,
  EventTypeChange,
]);
export type Change = z.infer<typeof Change>;

/** What is undone at one account. */
export const UndoFile = z.object({
  version: z.literal(1),
  /** ISO 8601. */
  createdAt: z.string(),
  accountSid: z.string(),
  /** In the order in which they are made. */
  changes: z.array(Change),
});
export type UndoFile = z.infer<typeof UndoFile>;
