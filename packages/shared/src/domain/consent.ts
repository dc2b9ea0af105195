import type { EventSource } from './inbound-event';
import type { MessageSid } from './twilio-ids';

/** A person's consent with one sender. Times in ms since 1970. */
export interface SenderConsent {
  readonly state: 'stopped' | 'started';
  /** The time by which it is ordered. Earlier than `occurredAt` only for a blocked send. */
  readonly orderAt: number;
  readonly occurredAt: number;
  readonly source: EventSource;
  readonly messageSid: MessageSid;
}

/** `any`: opted out while any sender is stopped. `last`: the latest message to any sender decides. */
export type ConsentPolicy = 'any' | 'last';

/**
 * Whether `next` replaces `present`. The later one wins; in the same millisecond the opt-out wins, since obeying it is never
 * unlawful; then the higher MessageSid, so that every order of arrival has the same result. The ledger's Lua script
 * implements the same rule.
 *
 * A blocked send (Twilio's 21610) proves an opt-out that was in force when the message was sent, some time before it was
 * reported. It is ordered by the earliest time of the send, so that it never undoes a START in between. A manual override
 * is not a message of the person, and Twilio does not know it: a blocked send that is reported after an override restores
 * the opt-out.
 *
 * Known hole: when a START, an override and a blocked send happen within hours of each other, each replaces the next, and
 * the last to arrive decides. Any two of them have a fixed order.
 */
export function supersedes(next: SenderConsent, present: SenderConsent | undefined): boolean {
  if (!present) return true;
  const asReported =
    next.state !== present.state &&
    ((isBlockedSend(next) && present.source === 'manual') ||
      (next.source === 'manual' && isBlockedSend(present)));
  const [at, presentAt] = asReported
    ? [next.occurredAt, present.occurredAt]
    : [next.orderAt, present.orderAt];
  if (at !== presentAt) return at > presentAt;
  if (next.state !== present.state) return next.state === 'stopped';
  return next.messageSid > present.messageSid;
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
  const [first, ...rest] = senders;
  if (!first) return undefined;
  switch (policy) {
    case 'any':
      return senders.some((sender) => sender.state === 'stopped');
    case 'last':
      return rest.reduce((last, next) => (supersedes(next, last) ? next : last), first).state === 'stopped';
    default:
      return policy satisfies never;
  }
}
