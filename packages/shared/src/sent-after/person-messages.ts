import type { PersonMessage } from '../domain/sent-after';
import type { LedgerEntry } from '../ledger/ledger-entry';

/**
 * Returns the messages of a ledger entry, each with the sender that it concerns. A START to a Messaging Service that lifted the opt-out of
 * one of its numbers is there for the number too.
 */
export function personMessagesOf({ history, senders }: LedgerEntry): PersonMessage[] {
  const lifted = [...senders].flatMap(([sender, { messageSid }]) => {
    const deciding = history.find((one) => one.messageSid === messageSid);
    return deciding && deciding.sender !== sender ? [{ ...deciding, sender }] : [];
  });
  return [...history, ...lifted];
}
