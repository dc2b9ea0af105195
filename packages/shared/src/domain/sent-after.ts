import { decidingMessage, type ConsentMessage, type ConsentPolicy } from './consent';
import type { EventKind } from './inbound-event';
import { isLater, latest } from './order';

/**
 * What an outbound message is to the opt-outs of its recipient:
 *
 * - `allowed`: the person was not opted out, or it left before the opt-out, or it never left, or it answers a HELP
 * - `confirmation`: the first message from that sender in the five minutes after the opt-out, the only one that may follow it
 *   (47 CFR 64.1200(a)(12)). Which one is the first, `SentAfterLists.confirm` knows; the others are `same_sender`
 * - `same_sender`: it left after an opt-out from that sender
 * - `other_sender`: it left after an opt-out from another sender, by which the consent policy has the person opted out
 * - `blocked`: Twilio refused to send it, since the number is on its own list
 */
export const SENT_RELATIONS = ['allowed', 'confirmation', 'same_sender', 'other_sender', 'blocked'] as const;
export type SentRelation = (typeof SENT_RELATIONS)[number];

/** The relations of messages that should not have been sent. */
export const SENT_AFTER = ['same_sender', 'other_sender'] as const satisfies readonly SentRelation[];
export type SentAfter = (typeof SENT_AFTER)[number];

/** An outbound message in Twilio's log. */
export interface SentMessage {
  readonly messageSid: string;
  /** '' for none. */
  readonly messagingServiceSid: string;
  /** Our number or address. */
  readonly from: string;
  /** When Twilio sent it, in ms since 1970 and to the second; missing for one that was not sent. */
  readonly sentAt?: number | undefined;
  /** As Twilio writes it. */
  readonly status: string;
  /** Whether it failed with an error code that means an opt-out, such as 21610. */
  readonly isBlocked: boolean;
}

/** One message of a person, with the sender that it concerns. */
export interface PersonMessage extends Omit<ConsentMessage, 'state'> {
  readonly sender: string;
  readonly kind: EventKind;
}

/** The opt-out that a message was sent after. */
export type SentAfterOptOut = ConsentMessage & { readonly sender: string };

/** What an outbound message is to the opt-outs of its recipient, with the opt-out that it was sent after. */
export type RelatedToOptOuts =
  | { readonly relation: 'allowed' | 'blocked'; readonly optOut?: undefined }
  | { readonly relation: SentAfter | 'confirmation'; readonly optOut: SentAfterOptOut };

/**
 * Twilio's clock and ours may differ, and Twilio's times are to the second. A message counts as sent after an opt-out when it was
 * sent this long after it at least, and as sent after an opt-in when it was sent at most this long before it.
 */
export const CLOCK_TOLERANCE_MS = 5_000;
/** How long after an opt-out its confirmation may be sent: 47 CFR 64.1200(a)(12). */
export const CONFIRMATION_MS = 300_000;
/** How long after a HELP a message counts as its answer, which an opt-out does not forbid. */
const ANSWER_MS = 60_000;

/** https://www.twilio.com/docs/messaging/api/message-resource#message-status-values */
const LEFT: ReadonlySet<string> = new Set(['sending', 'sent', 'delivered', 'partially_delivered', 'read']);

/** Whether a message left Twilio, as far as its status says. */
export function hasLeft({ status, sentAt }: Pick<SentMessage, 'status' | 'sentAt'>): boolean {
  return sentAt !== undefined && LEFT.has(status);
}

/**
 * Returns what an outbound message is to the opt-outs of its recipient, and the opt-out that it was sent after. It depends on the set
 * of the person's messages alone, not on their order. Each message that may be the confirmation of its opt-out is a `confirmation`:
 * one message does not tell whether it is the first.
 *
 * @param said the person's messages, of all senders
 * @param rules.numbersOf the configured numbers of a Messaging Service: a message from one of them is from the service
 */
export function relateToOptOuts(
  message: SentMessage,
  said: readonly PersonMessage[],
  rules: {
    readonly policy: ConsentPolicy;
    readonly numbersOf: (service: string) => readonly string[];
  },
): RelatedToOptOuts {
  const { sentAt } = message;
  if (message.isBlocked) return { relation: 'blocked' };
  if (sentAt === undefined || !hasLeft(message)) return { relation: 'allowed' };
  const isOwn = (sender: string): boolean => isFrom(message, sender, rules.numbersOf);
  const before = said.flatMap((one) => (wasBefore(one, sentAt) ? [toConsent(one)] : []));
  const own = decidingMessage(before.filter(({ sender }) => isOwn(sender)));
  if (own?.state === 'stopped') {
    if (said.some((one) => isOwn(one.sender) && isAnswered(one, sentAt))) return { relation: 'allowed' };
    const mayConfirm = sentAt <= own.occurredAt + CONFIRMATION_MS;
    return { relation: mayConfirm ? 'confirmation' : 'same_sender', optOut: own };
  }
  const optOut = optOutOfOthers(
    before.filter(({ sender }) => !isOwn(sender)),
    own,
    rules.policy,
  );
  return optOut ? { relation: 'other_sender', optOut } : { relation: 'allowed' };
}

/** The latest opt-out that is in force with another sender, unless the person opted in to this one after it. */
function optOutOfOthers(
  others: readonly SentAfterOptOut[],
  optIn: SentAfterOptOut | undefined,
  policy: ConsentPolicy,
): SentAfterOptOut | undefined {
  const senders = [...new Set(others.map(({ sender }) => sender))];
  const deciding = senders.flatMap(
    (sender) => decidingMessage(others.filter((one) => one.sender === sender)) ?? [],
  );
  const optOut = latest(deciding.filter(({ state }) => state === 'stopped'));
  if (!optOut || (optIn && isLater(optIn, optOut))) return undefined;
  return policy === 'any' || latest(deciding) === optOut ? optOut : undefined;
}

function isFrom(
  { messagingServiceSid, from }: SentMessage,
  sender: string,
  numbersOf: (service: string) => readonly string[],
): boolean {
  return sender === messagingServiceSid || sender === from || numbersOf(sender).includes(from);
}

function wasBefore({ kind, occurredAt }: PersonMessage, sentAt: number): boolean {
  if (kind === 'stop') return occurredAt + CLOCK_TOLERANCE_MS <= sentAt;
  return kind === 'start' && occurredAt - CLOCK_TOLERANCE_MS <= sentAt;
}

function isAnswered({ kind, occurredAt }: PersonMessage, sentAt: number): boolean {
  return kind === 'help' && sentAt >= occurredAt - CLOCK_TOLERANCE_MS && sentAt <= occurredAt + ANSWER_MS;
}

function toConsent({ kind, ...message }: PersonMessage): SentAfterOptOut {
  return { ...message, state: kind === 'stop' ? 'stopped' : 'started' };
}
