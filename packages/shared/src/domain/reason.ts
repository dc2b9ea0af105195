import { z } from 'zod';

/**
 * Why consent changed. It says only what is known:
 *
 * - `message`: a keyword that the person sent, or what Twilio took for one
 * - `wording`: a message without a keyword, whose words a rule of `keywords` matched
 * - `blocked_at_twilio`: Twilio refused to send, since its own list has the number. Not that the person said so: reassigned numbers are
 *   on that list too
 * - `reassigned`: Twilio found that the number has another owner now
 * - `operator`: somebody set it, in the command line or the console
 * - `import`: a row of a file
 * - `customerio`: it was set by hand at Customer.io
 * - `api`: another system reported it
 */
export const Reason = z.enum([
  'message',
  'wording',
  'blocked_at_twilio',
  'reassigned',
  'operator',
  'import',
  'customerio',
  'api',
]);
export type Reason = z.infer<typeof Reason>;

/** The reasons for people, in one line each. They claim no more than is known. */
export const REASON_TEXTS: Readonly<Record<Reason, string>> = {
  message: 'a keyword, or what Twilio took for one',
  wording: 'wording without a keyword',
  blocked_at_twilio: 'Twilio refused to send: its own list has the number',
  reassigned: 'Twilio found that the number has another owner',
  operator: 'set by hand',
  import: 'imported',
  customerio: 'was set by hand at Customer.io',
  api: 'reported by another system',
};
