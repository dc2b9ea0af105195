import { z } from 'zod';
import {
  MessageSid,
  blockedSendOrder,
  classifyBlockedSend,
  toInboundEvent,
  type BlockedSendAction,
  type InboundEvent,
} from '@optout-sync/shared/domain';
import { invalidShape, type UnprocessableMessage } from '@optout-sync/shared/dead-letters';
import type { Params } from '../../webhook/request';

/** The fields used of a status callback (https://www.twilio.com/docs/messaging/guides/track-outbound-message-status). */
const StatusCallback = z
  .object({
    MessageSid,
    AccountSid: z.string(),
    To: z.string(),
    From: z.string().max(255).default(''),
    ErrorCode: z.string().default(''),
    MessagingServiceSid: z.string().max(255).default(''),
  })
  .refine(({ MessagingServiceSid, From }) => MessagingServiceSid !== '' || From !== '', { path: ['From'] });

/**
 * Parses a verified callback of a blocked message that was received at `now` (ms since 1970). The opt-out is that of the
 * message's recipient, or a message to review. The callback contains neither its own time nor that of the send: see `blockedSendOrder`.
 */
export function parseStatus(
  params: Params,
  action: BlockedSendAction,
  now: number,
): { readonly kind: 'event'; readonly event: InboundEvent } | UnprocessableMessage {
  const parsed = StatusCallback.safeParse(params);
  if (!parsed.success) return invalidShape(parsed.error);
  const callback = parsed.data;
  return toInboundEvent({
    messageSid: callback.MessageSid,
    accountSid: callback.AccountSid,
    classification: classifyBlockedSend(action, callback.ErrorCode),
    person: callback.To,
    ours: callback.From,
    messagingServiceSid: callback.MessagingServiceSid,
    source: 'status_callback',
    occurredAt: now,
    orderAt: blockedSendOrder({ reportedAt: now }),
    receivedAt: now,
  });
}
