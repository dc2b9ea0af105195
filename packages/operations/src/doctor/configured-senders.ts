import type { TwilioApiAccount } from '@optout-sync/shared/config';
import type { Senders } from './check-twilio';
import { problem, type Finding } from './finding';

/**
 * Finds the configured Messaging Services and numbers that the account does not have, as after they were deleted. Short codes and
 * other senders are not among its numbers.
 */
export function checkConfiguredSenders(
  { sid, services = {}, numbers = [] }: Pick<TwilioApiAccount, 'sid' | 'services' | 'numbers'>,
  senders: Senders,
): Finding[] {
  const present = new Set([
    ...senders.services.map((service) => service.sid),
    ...senders.numbers.map(({ phone }) => phone),
  ]);
  const named = [...Object.keys(services), ...numbers.filter((number) => /^(?:\+|MG)/.test(number))];
  const gone = named.filter((sender) => !present.has(sender));
  if (gone.length === 0) return [];
  return [problem('twilio', 'sender_not_found', `account ${sid} does not have ${gone.join(', ')}`)];
}
