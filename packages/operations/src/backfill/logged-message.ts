import { z } from 'zod';
import {
  MessageSid,
  blockedSendOrder,
  toInboundEvent,
  isBlocked,
  type Classify,
  type InboundEvent,
} from '@optout-sync/shared/domain';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** RFC 2822, in ms since 1970; undefined where Twilio gives none. */
const time = z
  .string()
  .nullish()
  .transform((value) => {
    const at = Date.parse(value ?? '');
    return Number.isNaN(at) ? undefined : at;
  });

/** What we need of a message of the log (https://www.twilio.com/docs/messaging/api/message-resource). */
export const LoggedMessage = z.object({
  sid: MessageSid,
  account_sid: z.string().min(1),
  messaging_service_sid: text,
  direction: z.string(),
  from: text,
  to: text,
  body: text,
  error_code: z.union([z.number(), z.string()]).nullish(),
  date_created: time,
  date_sent: time,
  date_updated: time,
});
export type LoggedMessage = z.infer<typeof LoggedMessage>;

/** What a message of the log comes to. `other`: of no concern. */
export type Understood =
  | { readonly kind: 'event'; readonly event: InboundEvent; readonly blocked: boolean }
  | { readonly kind: 'unprocessable' }
  | { readonly kind: 'other' };

/**
 * Reads one message of the log at `now` (ms since 1970). Twilio says when it was sent, so that is what counts, down to
 * the second. HELP is of no concern any more.
 */
export function understand(message: LoggedMessage, now: number, classify: Classify): Understood {
  const createdAt = message.date_created ?? message.date_sent ?? now;
  const sentAt = Math.min(message.date_sent ?? createdAt, now);
  const common = {
    messageSid: message.sid,
    accountSid: message.account_sid,
    messagingServiceSid: message.messaging_service_sid,
    source: 'backfill' as const,
    receivedAt: now,
  };
  if (message.direction === 'inbound') {
    const classification = classify({ body: message.body, to: message.to });
    if (classification.kind === 'none' || classification.kind === 'help') return { kind: 'other' };
    const said = { ...common, classification, person: message.from, ours: message.to, occurredAt: sentAt };
    return withBlocked(toInboundEvent(said), false);
  }
  if (!isBlocked(message.error_code)) return { kind: 'other' };
  const orderAt = blockedSendOrder({ reportedAt: now, sentAt: Math.min(createdAt, sentAt) });
  const blocked = {
    ...common,
    classification: { kind: 'stop' as const },
    person: message.to,
    ours: message.from,
    // What is ordered earlier than it occurred is known by that for a blocked send, also when both are the same second.
    occurredAt: Math.max(Math.min(message.date_updated ?? sentAt, now), orderAt + 1),
    orderAt,
  };
  return withBlocked(toInboundEvent(blocked), true);
}

function withBlocked(made: ReturnType<typeof toInboundEvent>, blocked: boolean): Understood {
  return made.kind === 'event' ? { ...made, blocked } : { kind: 'unprocessable' };
}
