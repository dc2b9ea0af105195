import { z } from 'zod';
import { findAccountSid, isAccountSid } from '@optout-sync/shared/domain';

/*
 * Twilio's own samples break the rules of CloudEvents, so little is asked of the envelope.
 * https://www.twilio.com/docs/events/webhook-quickstart
 */

/** Where an event may name its account; the test event's id is the account. */
const Naming = z.object({
  id: z.string().optional().catch(undefined),
  source: z.string().optional().catch(undefined),
  data: z
    .object({
      accountSid: z.string().optional().catch(undefined),
      AccountSid: z.string().optional().catch(undefined),
      account_sid: z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** The events of a delivery: an array or a single one, depending on the sink. */
export const parseBatch = (json: unknown): unknown[] => (Array.isArray(json) ? json : [json]);

/** Every account that an event of the batch says it is of. */
export function accountsNamed(batch: readonly unknown[]): ReadonlySet<string> {
  return new Set(batch.flatMap(accountsOf));
}

function accountsOf(event: unknown): string[] {
  const parsed = Naming.safeParse(event);
  if (!parsed.success) return [];
  const { id = '', source = '', data = {} } = parsed.data;
  const { accountSid, AccountSid, account_sid } = data;
  return [accountSid, AccountSid, account_sid, findAccountSid(source), id].filter(
    (sid): sid is string => sid !== undefined && isAccountSid(sid),
  );
}
