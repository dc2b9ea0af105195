import type { TwilioApiAccount } from '@optout-sync/shared/config';
import type { Senders } from '@optout-sync/twilio-api';
import { problem, type Finding } from './finding';

/**
 * Finds the configured Messaging Services, numbers and short codes that the account does not have, as after they were deleted. Other
 * senders are not among its numbers.
 */
export function checkConfiguredSenders(
  { sid, services = {}, numbers = [] }: Pick<TwilioApiAccount, 'sid' | 'services' | 'numbers'>,
  senders: Senders,
): Finding[] {
  const present = new Set([
    ...senders.services.map((service) => service.sid),
    ...senders.numbers.map(({ phone }) => phone),
  ]);
  const listed = senders.unreadShortCodes === undefined ? /^(?:\+|MG|\d+$)/ : /^(?:\+|MG)/;
  const named = [...Object.keys(services), ...numbers.filter((number) => listed.test(number))];
  const gone = named.filter((sender) => !present.has(sender));
  if (gone.length === 0) return [];
  return [problem('twilio', 'sender_not_found', `account ${sid} does not have ${gone.join(', ')}`)];
}
