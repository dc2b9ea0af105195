import { z } from 'zod';
import { findAccountSid, isAccountSid } from '@optout-sync/shared/domain';

const optionalText = z.string().optional().catch(undefined);

/**
 * Where an event may name its account. The id of the test event is the account's SID. Twilio's own samples violate the
 * CloudEvents specification, so the schema accepts anything else (https://www.twilio.com/docs/events/webhook-quickstart).
 */
const AccountReferences = z.object({
  id: optionalText,
  source: optionalText,
  data: z
    .object({ accountSid: optionalText, AccountSid: optionalText, account_sid: optionalText })
    .optional()
    .catch(undefined),
});

/** The events of a delivery, which is an array or a single event, depending on the sink. */
export const toCloudEvents = (json: unknown): unknown[] => (Array.isArray(json) ? json : [json]);

/** The SIDs of all accounts that the events name. */
export function accountsNamed(cloudEvents: readonly unknown[]): ReadonlySet<string> {
  return new Set(cloudEvents.flatMap(accountsOf));
}

function accountsOf(cloudEvent: unknown): string[] {
  const parsed = AccountReferences.safeParse(cloudEvent);
  if (!parsed.success) return [];
  const { id = '', source = '', data = {} } = parsed.data;
  const { accountSid, AccountSid, account_sid } = data;
  return [accountSid, AccountSid, account_sid, findAccountSid(source), id].filter(
    (sid): sid is string => sid !== undefined && isAccountSid(sid),
  );
}
