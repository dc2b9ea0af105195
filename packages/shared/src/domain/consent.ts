import type { MessageSid } from './message-sid';

/** What a person last told one sender. */
export interface SenderConsent {
  readonly state: 'stopped' | 'started';
  /** When the deciding message was sent, in milliseconds since 1970. */
  readonly occurredAt: number;
  readonly messageSid: MessageSid;
}

/** `any`: opted out while any sender is stopped. `last`: the last word decides, whichever sender heard it. */
export type ConsentPolicy = 'any' | 'last';

/**
 * Whether `next` was said after `present`: the later one; at the same millisecond the opt-out, since obeying it is
 * never unlawful; then the higher sid, so that every order of arrival ends alike. The ledger's script holds the same rule.
 */
export function supersedes(next: SenderConsent, present: SenderConsent | undefined): boolean {
  if (!present) return true;
  if (next.occurredAt !== present.occurredAt) return next.occurredAt > present.occurredAt;
  if (next.state !== present.state) return next.state === 'stopped';
  return next.messageSid > present.messageSid;
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
