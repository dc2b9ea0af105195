import { z } from 'zod';
import { MessageSid, classify, parseAddress, type InboundEvent } from '@optout-sync/shared';
import type { Params } from '../webhook/request';

/** What we need of an inbound message (https://www.twilio.com/docs/messaging/guides/webhook-request); the rest may change. */
const Message = z
  .object({
    MessageSid,
    AccountSid: z.string(),
    From: z.string(),
    To: z.string().max(255).default(''),
    Body: z.string().default(''),
    MessagingServiceSid: z.string().max(255).default(''),
    OptOutType: z.string().optional(),
  })
  .refine(({ MessagingServiceSid, To }) => MessagingServiceSid !== '' || To !== '', { path: ['To'] });

/** What a signed message comes to. `puzzle`: it needs a person to look at it. */
export type Understood =
  | { readonly kind: 'event'; readonly event: InboundEvent }
  | { readonly kind: 'not_a_keyword'; readonly messageSid: MessageSid }
  | Puzzle;

export interface Puzzle {
  readonly kind: 'puzzle';
  readonly code: 'message_not_understood' | 'not_a_phone_number' | 'unknown_channel';
  /** For an operator: fields and reasons, no values. */
  readonly message: string;
  readonly messageSid?: MessageSid;
}

/**
 * Reads a signed inbound message that came at `now` (ms since 1970). Twilio gives no time with it, so that is also when
 * it counts as sent. The sender whose opt-out this is: the Messaging Service when there is one, else our number.
 */
export function understand(params: Params, now: number): Understood {
  const parsed = Message.safeParse(params);
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))];
    return {
      kind: 'puzzle',
      code: 'message_not_understood',
      message: `Missing or not as expected: ${fields.join(', ')}`,
    };
  }
  const message = parsed.data;
  const messageSid = message.MessageSid;
  const classified = classify({ optOutType: message.OptOutType, body: message.Body });
  if (classified.kind === 'none') return { kind: 'not_a_keyword', messageSid };

  const from = parseAddress(message.From);
  switch (from.kind) {
    case 'unknown_channel':
      return {
        kind: 'puzzle',
        code: 'unknown_channel',
        message: 'A keyword from a channel that is neither SMS, MMS, RCS nor WhatsApp',
        messageSid,
      };
    case 'other':
      return {
        kind: 'puzzle',
        code: 'not_a_phone_number',
        message: 'A keyword from an address that is no phone number',
        messageSid,
      };
    case 'phone':
      return {
        kind: 'event',
        event: {
          version: 1,
          messageSid,
          accountSid: message.AccountSid,
          ...classified,
          channel: from.channel,
          phone: from.phone,
          sender: message.MessagingServiceSid || message.To,
          ...(message.MessagingServiceSid && { messagingServiceSid: message.MessagingServiceSid }),
          source: 'webhook',
          occurredAt: now,
          receivedAt: now,
        },
      };
    default:
      return from satisfies never;
  }
}
