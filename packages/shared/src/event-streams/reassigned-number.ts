import { createHash } from 'node:crypto';
import { z } from 'zod';
import { findAccountSid, MessageSid } from '../domain/twilio-ids';
import { optionalText } from './schemas';

/** No message of Twilio's has this prefix. */
const SID_PREFIX = 'RD';

/** Names fields as this type does, `from_number`. Other types have `fromNumber`, so both are accepted, and `FromNumber`. */
const withSnakeCase = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [snakeCase(name), field]))
    : value;
const snakeCase = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
  .optional()
  .catch(undefined);

const Data = z
  .object({
    event_id: optionalText,
    timestamp: optionalText,
    account_sid: optionalText,
    /** Our number. */
    from_number: z.string().min(1).max(255),
    /** The number that has another owner. */
    to_number: z.string().min(1),
    is_reassigned: flag,
    consent_operation: optionalText,
    consent_updated_at: optionalText,
  })
  .refine((data) => data.is_reassigned !== undefined || data.consent_operation !== undefined, {
    path: ['is_reassigned'],
  });

/**
 * An event of type `com.twilio.messaging.reassigned-number.detected`: a number of a recipient has another owner
 * (https://www.twilio.com/docs/events/event-types/messaging/compliance-toolkit). What is not needed may be missing.
 *
 * Parsing returns: whether Twilio opted the number out (otherwise the event says nothing); a MessageSid derived from the id of the
 * event, so that it is one message however often it is delivered; the addresses as Twilio writes them; and the times when it became
 * effective, the best source first.
 */
export const ReassignedNumber = z
  .object({
    id: optionalText,
    source: optionalText,
    time: optionalText,
    data: z.preprocess(withSnakeCase, Data),
  })
  .transform(({ data, id, source, time }, context) => {
    const accountSid = data.account_sid ?? findAccountSid(source ?? '');
    if (accountSid === undefined) {
      context.addIssue({ code: 'custom', path: ['data', 'account_sid'] });
      return z.NEVER;
    }
    const { from_number: ours, to_number: person, consent_updated_at: updatedAt, timestamp } = data;
    const identity = data.event_id ?? id ?? [ours, person, updatedAt ?? timestamp ?? time];
    return {
      isOptOut: isOptOut(data),
      messageSid: derivedSid(accountSid, identity),
      accountSid,
      person,
      ours,
      timestamps: [updatedAt, timestamp, time],
    };
  });

/** Each of the two fields that is there has to say so. */
function isOptOut({ is_reassigned, consent_operation }: z.infer<typeof Data>): boolean {
  const operation = consent_operation?.trim().toLowerCase().replaceAll('_', '-');
  return is_reassigned !== false && (operation === undefined || operation === 'opt-out-created');
}

function derivedSid(accountSid: string, identity: unknown): MessageSid {
  const hash = createHash('sha256').update(JSON.stringify([accountSid, identity]));
  return MessageSid.parse(SID_PREFIX + hash.digest('hex').slice(0, 32));
}
