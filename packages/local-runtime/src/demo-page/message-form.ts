import { parseWrittenPhone } from '@optout-sync/shared/domain';
import { z } from 'zod';

/** Twilio's limit of a message in characters (https://www.twilio.com/docs/api/errors/21617). */
const MAX_BODY = 1_600;

const Text = z.string().catch('');

/** What was typed into the form; a field that is missing, or there twice, is empty. */
export const TypedForm = z.object({ from: Text, body: Text });

/** A message that can be sent: who texts what. */
export const MessageForm = z.object({
  from: z.string().transform((text, context) => {
    const phone = parseWrittenPhone(text);
    if (phone !== undefined) return phone;
    context.addIssue('The phone is no number with a country code. Write it like +14155550101.');
    return z.NEVER;
  }),
  body: z
    .string()
    .min(1, 'The message is empty. Type STOP, for example.')
    .max(MAX_BODY, `The message is longer than the ${MAX_BODY} characters that Twilio accepts.`),
});
export type MessageForm = z.infer<typeof MessageForm>;
