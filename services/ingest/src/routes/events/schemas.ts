import { z } from 'zod';
import { MessageSid } from '@optout-sync/shared/domain';

const maybe = z.string().optional().catch(undefined);
const address = z
  .string()
  .max(255)
  .nullish()
  .transform((value) => value ?? '');
const body = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const message = {
  messageSid: MessageSid,
  accountSid: z.string().min(1),
  messagingServiceSid: address,
  timestamp: maybe,
};

/** https://www.twilio.com/docs/events/event-types/messaging/inbound-message; the opt-out type came with version 5. */
export const InboundMessage = z.object({
  time: maybe,
  data: z
    .object({ ...message, from: z.string(), to: address, body, optOutType: maybe, OptOutType: maybe })
    .refine(({ to, messagingServiceSid }) => to !== '' || messagingServiceSid !== '', { path: ['to'] }),
});

/** https://www.twilio.com/docs/events/event-types/messaging/outbound-message */
export const BlockedMessage = z.object({
  time: maybe,
  data: z
    .object({ ...message, from: address, to: z.string() })
    .refine(({ from, messagingServiceSid }) => from !== '' || messagingServiceSid !== '', { path: ['from'] }),
});
