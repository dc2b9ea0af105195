import { z } from 'zod';
import { MessageSid } from '@optout-sync/shared/domain';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** RFC 2822, as ms since 1970; `undefined` where Twilio gives none. */
const time = z
  .string()
  .nullish()
  .transform((value) => {
    const at = Date.parse(value ?? '');
    return Number.isNaN(at) ? undefined : at;
  });

/** The fields we use of a message in the log (https://www.twilio.com/docs/messaging/api/message-resource). */
export const LoggedMessage = z.object({
  sid: MessageSid,
  account_sid: z.string().min(1),
  messaging_service_sid: text,
  direction: z.string(),
  from: text,
  to: text,
  body: text,
  status: text,
  error_code: z.union([z.number(), z.string()]).nullish(),
  date_created: time,
  date_sent: time,
  date_updated: time,
});
export type LoggedMessage = z.infer<typeof LoggedMessage>;
