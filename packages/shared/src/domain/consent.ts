import type { EventSource } from './inbound-event';
import type { MessageSid } from './twilio-ids';

/** What one sender was told. Times in milliseconds since 1970. */
export interface SenderConsent {
  readonly state: 'stopped' | 'started';
  /** When it was said, as far as that is known for certain. Earlier than `occurredAt` only for a blocked send. */
  readonly orderAt: number;
  readonly occurredAt: number;
  readonly source: EventSource;
  readonly messageSid: MessageSid;
}

/** `any`: opted out while any sender is stopped. `last`: the last word decides, whichever sender heard it. */
export type ConsentPolicy = 'any' | 'last';

/**
 * Whether `next` was said after `present`: the later one; at the same millisecond the opt-out, since obeying it is
 * never unlawful; then the higher sid, so that every order of arrival ends alike. The ledger's script holds the same rule.
 *
 * A blocked send (Twilio's 21610) proves an opt-out that was in force when the message was sent, some time before it was
 * reported: it counts as said at the earliest it can have been sent, so that it never undoes a START given meanwhile. An
 * override by hand is no word of the person's and Twilio does not know of it: a blocked send reported after it brings the
 * opt-out back. Known hole: with a START, an override and a blocked send within hours of each other, each beats the next,
 * and the last to arrive decides; each of them alone with another is ordered for good.
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

function isBlockedSend({ orderAt, occurredAt }: SenderConsent): boolean {
  return orderAt < occurredAt;
}

/** Whether the person is opted out, over all senders. `undefined` when no sender has heard anything. */
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
