import { z } from 'zod';
import { MessageSid, blockedSendOrder, toInboundEvent, type InboundEvent } from '@optout-sync/shared/domain';
import { invalidShape, type UnprocessableMessage } from '../../inbound/unprocessable';
import type { Params } from '../../webhook/receiver';

/** What we need of a status callback (https://www.twilio.com/docs/messaging/guides/track-outbound-message-status). */
const Callback = z
  .object({
    MessageSid,
    AccountSid: z.string(),
    To: z.string(),
    From: z.string().max(255).default(''),
    MessagingServiceSid: z.string().max(255).default(''),
  })
  .refine(({ MessagingServiceSid, From }) => MessagingServiceSid !== '' || From !== '', { path: ['From'] });

/**
 * Reads a signed callback of a blocked message that came at `now` (ms since 1970). The person is whom it was for. It has
 * no time of its own, and does not say when the message was sent: see `blockedSendOrder`.
 */
export function parseStatus(
  params: Params,
  now: number,
): { kind: 'event'; event: InboundEvent } | UnprocessableMessage {
  const parsed = Callback.safeParse(params);
  if (!parsed.success) return invalidShape(parsed.error);
  const callback = parsed.data;
  return toInboundEvent({
    messageSid: callback.MessageSid,
    accountSid: callback.AccountSid,
    classification: { kind: 'stop' },
    person: callback.To,
    ours: callback.From,
    messagingServiceSid: callback.MessagingServiceSid,
    source: 'status_callback',
    occurredAt: now,
    orderAt: blockedSendOrder({ reportedAt: now }),
    receivedAt: now,
  });
}
