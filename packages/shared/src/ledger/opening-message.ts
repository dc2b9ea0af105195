import type { LedgerConsent, LedgerEntry, RecordedEvent } from './ledger-entry';

/**
 * Returns the message that began the present state with a sender: the first opt-out where it was repeated, else the deciding
 * message. `undefined` where the entry does not have it: an earlier release moved it to the history.
 */
export function openingMessage(
  { history }: Pick<LedgerEntry, 'history'>,
  sender: string,
  { messageSid: deciding, occurredAt, since }: LedgerConsent,
): RecordedEvent | undefined {
  return since === occurredAt
    ? history.find(({ messageSid }) => messageSid === deciding)
    : history.find((one) => one.kind === 'stop' && one.sender === sender && one.occurredAt === since);
}
