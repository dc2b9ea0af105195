import { z } from 'zod';
import { Channel, E164 } from './phone';
import { Reason } from './reason';
import { MessageSid } from './twilio-ids';

/** `review`: wording like an opt-out, for a person to review; it does not change consent. */
export const EventKind = z.enum(['stop', 'start', 'help', 'review']);
export type EventKind = z.infer<typeof EventKind>;

/** The route by which an event reached us. */
export const EventSource = z.enum([
  'webhook',
  'event_stream',
  'status_callback',
  'studio',
  'backfill',
  'manual',
  'import',
]);
export type EventSource = z.infer<typeof EventSource>;

const millis = z.number().int().nonnegative();

/**
 * One message of a person that concerns consent, as it is stored in the `inbound-events` queue.
 *
 * `sender` is the Messaging Service where there is one, else our number: the scope of an opt-out at Twilio. Times are ms
 * since 1970. `occurredAt` is when the message was sent, as precisely as the source knows it; Customer.io gets this time.
 * `orderAt` is the earliest time that a blocked send was made; other events have none. The ledger gives each message the number it
 * is ordered by (see `orderTimes`).
 */
export const InboundEvent = z.object({
  version: z.literal(1),
  messageSid: MessageSid,
  accountSid: z.string().min(1),
  kind: EventKind,
  channel: Channel,
  phone: E164,
  sender: z.string().min(1).max(255),
  messagingServiceSid: z.string().min(1).optional(),
  /** Our number that the message went to, where the sender is its Messaging Service. Earlier releases leave it out. */
  ours: z.string().min(1).max(255).optional(),
  source: EventSource,
  keyword: z.string().optional(),
  /** The name of the rule that matched the wording; never the wording itself. */
  phrase: z.string().optional(),
  occurredAt: millis,
  orderAt: millis.optional(),
  receivedAt: millis,
  /** Where the source does not tell; see `reasonOf`. Earlier releases leave it out. */
  reason: Reason.optional(),
  /** For source `manual`: who set the consent, and why. */
  by: z.string().max(200).optional(),
  why: z.string().max(1_000).optional(),
  /** The webhook that brought it, as W3C `traceparent`, where traces are recorded. */
  traceparent: z.string().optional(),
});
export type InboundEvent = z.infer<typeof InboundEvent>;

/**
 * How an accepted event ends; every event has exactly one outcome.
 *
 * - `applied`: Customer.io holds the consent for everyone with the number.
 * - `no_match`: nobody at Customer.io has the number.
 * - `ignored`: the event changes nothing (HELP).
 * - `duplicate`: the message is already in the ledger.
 * - `stale`: a later message replaced it.
 * - `dead_lettered`: the event waits for an operator.
 */
export const OUTCOMES = ['applied', 'no_match', 'ignored', 'duplicate', 'stale', 'dead_lettered'] as const;
export type Outcome = (typeof OUTCOMES)[number];
