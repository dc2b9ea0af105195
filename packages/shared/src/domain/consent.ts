import type { EventSource } from './inbound-event';
import { isLater, latest } from './order';
import type { MessageSid } from './twilio-ids';

/** A person's consent with one sender. Times in ms since 1970. */
export interface SenderConsent {
  readonly state: 'stopped' | 'started';
  /** The number it is ordered by, in ms since 1970. Earlier than `occurredAt` only for a blocked send. */
  readonly orderAt: number;
  readonly occurredAt: number;
  readonly source: EventSource;
  readonly messageSid: MessageSid;
}

/** A STOP or START of a sender, which may decide. */
export interface ConsentMessage extends SenderConsent {
  /** A YES: it counts only for somebody who is stopped. */
  readonly weak?: boolean;
}

/** `any`: opted out while any sender is stopped. `last`: the latest message to any sender decides. */
export type ConsentPolicy = 'any' | 'last';

/** The opt-in that is also an everyday answer. START and UNSTOP have no other meaning. */
const WEAK_KEYWORD = 'YES';

/** Whether an opt-in counts only for somebody who is stopped: YES restarts at Twilio, and is an answer to anything else. */
export function isWeakOptIn({
  kind,
  keyword,
}: {
  readonly kind: string;
  readonly keyword?: string | undefined;
}): boolean {
  return kind === 'start' && keyword === WEAK_KEYWORD;
}

/**
 * Returns the message that decides for a sender, of all its STOP and START messages. It depends on the set alone, never on the
 * order of arrival. The ledger's `order.lua` implements the same rule.
 *
 * - The latest message decides; see {@link isLater}.
 * - A blocked send (Twilio's 21610) proves an opt-out that was in force when the message was sent, some time before it was
 *   reported. It is ordered by the earliest time of the send, so it never undoes a START message after that.
 * - An override is not a message of the person, and Twilio does not know it. A blocked send that is reported after an opt-in by
 *   hand restores the opt-out, unless the person sent START after the earliest time of the send.
 * - A YES counts only where the older messages leave the sender stopped, whenever those arrive.
 */
export function decidingMessage<T extends ConsentMessage>(messages: readonly T[]): T | undefined {
  return lastWord(countedMessages(messages));
}

/** Returns the messages that count, oldest first: all but a YES of somebody who was not stopped. */
export function countedMessages<T extends ConsentMessage>(messages: readonly T[]): T[] {
  const counted: T[] = [];
  for (const message of messages.toSorted((a, b) => (isLater(a, b) ? 1 : -1))) {
    if (message.weak !== true || lastWord(counted)?.state === 'stopped') counted.push(message);
  }
  return counted;
}

function lastWord<T extends ConsentMessage>(counted: readonly T[]): T | undefined {
  const last = latest(counted);
  if (last?.source !== 'manual' || last.state === 'stopped') return last;
  const optIns = counted.filter(({ state, source }) => state === 'started' && source !== 'manual');
  const restoring = counted
    .filter((one) => one.state === 'stopped' && isBlockedSend(one) && one.occurredAt >= last.orderAt)
    .filter((one) => !optIns.some((optIn) => isLater(optIn, one)));
  return restoring.sort((a, b) => b.occurredAt - a.occurredAt || (isLater(b, a) ? 1 : -1))[0] ?? last;
}

/** Whether an event is a blocked send: it alone is ordered by an earlier time than that of its report. */
export function isBlockedSend({
  orderAt,
  occurredAt,
}: {
  readonly orderAt?: number | undefined;
  readonly occurredAt: number;
}): boolean {
  return orderAt !== undefined && orderAt < occurredAt;
}

/** Whether the person is opted out, over all senders; `undefined` where there is no consent with any sender. */
export function isOptedOut(senders: readonly SenderConsent[], policy: ConsentPolicy): boolean | undefined {
  const last = latest(senders);
  if (!last) return undefined;
  switch (policy) {
    case 'any':
      return senders.some((sender) => sender.state === 'stopped');
    case 'last':
      return last.state === 'stopped';
    default:
      return policy satisfies never;
  }
}
