import { z } from 'zod';
import { MessageSid, toInboundEvent, type Classify, type InboundEvent } from '@optout-sync/shared/domain';
import { invalidShape, type UnprocessableMessage } from '@optout-sync/shared/dead-letters';
import type { Params } from '../../webhook/request';

/**
 * The fields used of an inbound message (https://www.twilio.com/docs/messaging/guides/webhook-request). Twilio may change
 * the others.
 */
const Message = z
  .object({
    MessageSid,
    AccountSid: z.string(),
    From: z.string().optional(),
    /** Identifies a WhatsApp user who shows no phone number. */
    ExternalUserId: z.string().default(''),
    To: z.string().max(255).default(''),
    Body: z.string().default(''),
    MessagingServiceSid: z.string().max(255).default(''),
    OptOutType: z.string().optional(),
    ButtonPayload: z.string().optional(),
    ToCountry: z.string().optional(),
  })
  .refine(({ MessagingServiceSid, To }) => MessagingServiceSid !== '' || To !== '', { path: ['To'] })
  .refine(({ From, ExternalUserId }) => From !== undefined || ExternalUserId !== '', { path: ['From'] })
  .transform(({ From = '', ExternalUserId, ...message }) => ({
    ...message,
    From: From || (ExternalUserId && `whatsapp:${ExternalUserId}`),
  }));

export type ParsedMessage =
  | { readonly kind: 'event'; readonly event: InboundEvent }
  | { readonly kind: 'not_a_keyword'; readonly messageSid: MessageSid }
  | UnprocessableMessage;

/**
 * Parses a verified inbound message that was received at `now` (ms since 1970). Twilio sends no time with it, so `now` is
 * also the time at which it counts as sent.
 */
export function parseMessage(params: Params, now: number, classify: Classify): ParsedMessage {
  const parsed = Message.safeParse(params);
  if (!parsed.success) return invalidShape(parsed.error);
  const message = parsed.data;
  const messageSid = message.MessageSid;
  const classification = classify({
    optOutType: message.OptOutType,
    body: message.Body,
    buttonPayload: message.ButtonPayload,
    to: message.To,
    toCountry: message.ToCountry,
  });
  if (classification.kind === 'none') return { kind: 'not_a_keyword', messageSid };
  return toInboundEvent({
    messageSid,
    accountSid: message.AccountSid,
    classification,
    person: message.From,
    ours: message.To,
    messagingServiceSid: message.MessagingServiceSid,
    source: 'webhook',
    occurredAt: now,
    receivedAt: now,
  });
}
