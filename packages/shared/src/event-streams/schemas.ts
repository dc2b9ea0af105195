import { z } from 'zod';
import { MessageSid } from '../domain/twilio-ids';

export const optionalText = z.string().optional().catch(undefined);
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
  timestamp: optionalText,
};

/** https://www.twilio.com/docs/events/event-types/messaging/inbound-message; version 5 added the opt-out type. */
export const InboundMessage = z.object({
  time: optionalText,
  data: z
    .object({
      ...message,
      from: z.string(),
      to: address,
      body,
      optOutType: optionalText,
      OptOutType: optionalText,
      opt_out_type: optionalText,
      buttonPayload: optionalText,
      ButtonPayload: optionalText,
      toCountry: optionalText,
      ToCountry: optionalText,
    })
    .refine(({ to, messagingServiceSid }) => to !== '' || messagingServiceSid !== '', { path: ['to'] }),
});

/** https://www.twilio.com/docs/events/event-types/messaging/outbound-message */
export const BlockedMessage = z.object({
  time: optionalText,
  data: z
    .object({ ...message, from: address, to: z.string(), errorCode: z.unknown() })
    .refine(({ from, messagingServiceSid }) => from !== '' || messagingServiceSid !== '', { path: ['from'] }),
});
