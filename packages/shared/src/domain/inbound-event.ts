import { z } from 'zod';
import { Channel, E164 } from './phone';
import { MessageSid } from './twilio-ids';

/** `review`: worded like an opt-out, for a person to look at; it changes no consent. */
export const EventKind = z.enum(['stop', 'start', 'help', 'review']);
export type EventKind = z.infer<typeof EventKind>;

/** Which way an event reached us. */
export const EventSource = z.enum([
  'webhook',
  'event_stream',
  'status_callback',
  'studio',
  'backfill',
  'manual',
]);
export type EventSource = z.infer<typeof EventSource>;

const millis = z.number().int().nonnegative();

/**
 * One thing a person told us, as it stands in the `inbound-events` queue.
 * `sender` is the Messaging Service when there is one, else our number (Twilio's scope of an opt-out).
 * Times are milliseconds since 1970. `occurredAt` is when it was said, as well as the source knows, and what Customer.io
 * is written with; `orderAt`, where it differs, is what it is ordered by among the sender's other events.
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
  source: EventSource,
  keyword: z.string().optional(),
  /** The name of the rule that took the wording for an opt-out; never the wording itself. */
  phrase: z.string().optional(),
  occurredAt: millis,
  orderAt: millis.optional(),
  receivedAt: millis,
  /** Who said it in the person's place and why, for source `manual`. */
  by: z.string().max(200).optional(),
  why: z.string().max(1_000).optional(),
  traceparent: z.string().optional(),
});
export type InboundEvent = z.infer<typeof InboundEvent>;

/**
 * The one end of every accepted event.
 * `applied`: Customer.io holds it for everyone with the number. `no_match`: nobody there has the number.
 * `ignored`: it changes nothing (HELP). `duplicate`: the message was known. `stale`: a message sent later had the
 * last word. `dead_lettered`: it waits for an operator.
 */
export const OUTCOMES = ['applied', 'no_match', 'ignored', 'duplicate', 'stale', 'dead_lettered'] as const;
export type Outcome = (typeof OUTCOMES)[number];
