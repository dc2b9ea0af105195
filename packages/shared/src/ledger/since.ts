import { isBlockedSend } from '../domain/consent';
import { isLater } from '../domain/order';
import type { EventKind, EventSource } from '../domain/inbound-event';
import type { MessageSid } from '../domain/twilio-ids';

/** A STOP or START of a sender, or a START that lifts its opt-out. Times in ms since 1970. */
interface SenderMessage {
  readonly messageSid: MessageSid;
  readonly kind: EventKind;
  readonly source: EventSource;
  readonly orderAt: number;
  readonly occurredAt: number;
  readonly weak?: true;
}

/** The first opt-out is stored by its time, and ordered up to so many ms later; see `orderTimes`. */
const SECOND_MS = 999;

/**
 * Returns when the present state of a sender began, in ms since 1970: the first opt-out where it was repeated, else the deciding
 * message. A worker of an earlier release stores no first opt-out, and leaves that of an opt-out which ended; then the messages
 * tell it, unless a YES, an override or a blocked send is among them.
 *
 * @param stored the field `o:<number>`
 * @param messages those of the sender in the entry
 */
export function sinceOf(
  deciding: SenderMessage,
  stored: string | undefined,
  messages: readonly SenderMessage[],
): number {
  if (deciding.kind !== 'stop') return deciding.occurredAt;
  const isPlain = messages.every((one) => !one.weak && one.source !== 'manual' && !isBlockedSend(one));
  if (!isPlain) return stored === undefined ? deciding.occurredAt : timeIn(stored);
  const ordered = messages.map(toOrdered).toSorted((a, b) => (isLater(a, b) ? 1 : -1));
  const optIn = ordered.findLastIndex(({ state }) => state === 'started');
  const isKnown = stored !== undefined && orderOf(stored, ordered) >= (ordered[optIn]?.orderAt ?? 0);
  if (isKnown) return timeIn(stored);
  return ordered[optIn + 1]?.occurredAt ?? deciding.occurredAt;
}

const timeIn = (stored: string): number => Number(stored.split(' ')[0]);

/** The number that the stored first opt-out is ordered by, or the highest that it may be. */
function orderOf(stored: string, messages: readonly SenderMessage[]): number {
  const [, sid] = stored.split(' ');
  return messages.find(({ messageSid }) => messageSid === sid)?.orderAt ?? timeIn(stored) + SECOND_MS;
}

function toOrdered(message: SenderMessage) {
  return { ...message, state: message.kind === 'stop' ? ('stopped' as const) : ('started' as const) };
}
