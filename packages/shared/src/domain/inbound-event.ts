import { z } from 'zod';
import { MessageSid } from './message-sid';
import { Channel, E164 } from './phone';

export const EventKind = z.enum(['stop', 'start', 'help']);
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
 * `occurredAt` and `receivedAt` are milliseconds since 1970; they differ when the source knows when the message was sent.
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
  occurredAt: millis,
  receivedAt: millis,
  traceparent: z.string().optional(),
});
export type InboundEvent = z.infer<typeof InboundEvent>;
