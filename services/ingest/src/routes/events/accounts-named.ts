import { z } from 'zod';
import { findAccountSid, isAccountSid } from '@optout-sync/shared/domain';
import type { Pause } from '@optout-sync/shared/event-streams';

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

/** The SIDs of all accounts that the events name. */
export async function accountsNamed(
  cloudEvents: readonly unknown[],
  pause: Pause,
): Promise<ReadonlySet<string>> {
  const sids = new Set<string>();
  for (const cloudEvent of cloudEvents) {
    for (const sid of accountsOf(cloudEvent)) sids.add(sid);
    await pause();
  }
  return sids;
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
