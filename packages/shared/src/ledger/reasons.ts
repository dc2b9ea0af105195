import { isBlockedSend } from '../domain/consent';
import { isLater } from '../domain/order';
import type { EventKind, EventSource, Outcome } from '../domain/inbound-event';
import type { Reason } from '../domain/reason';
import { reasonOf } from '../domain/reason-of';
import type { MessageSid } from '../domain/twilio-ids';

/** What it takes of a `RecordedEvent`. */
interface Message {
  readonly messageSid: MessageSid;
  readonly kind: EventKind;
  readonly source: EventSource;
  readonly orderAt: number;
  readonly occurredAt: number;
  readonly outcome: Outcome | 'pending';
  readonly note?: { readonly reason?: Reason | undefined; readonly phrase?: string | undefined };
}

/** Why a stored message changed consent. `undefined` for one that never does: HELP, and a message to review. */
export function messageReason(message: Message): Reason | undefined {
  return changesConsent(message) ? recordedReason(message) : undefined;
}

/**
 * Why a consent is as it is: the reason of the message that decides. A blocked send only proves that an opt-out was in force, so
 * where the entry has the opt-out that it confirms, that one is the reason.
 *
 * @param deciding the message that decides
 * @param messages those of the sender, and the opt-ins that lift its opt-out
 */
export function consentReason(deciding: Message, messages: readonly Message[]): Reason {
  const reason = recordedReason(deciding);
  if (deciding.kind !== 'stop' || !isBlockedSend(deciding)) return reason;
  const before = messages
    .filter(
      (one) =>
        changesConsent(one) && one.outcome !== 'ignored' && isLater(toOrdered(deciding), toOrdered(one)),
    )
    .toSorted((a, b) => (isLater(toOrdered(a), toOrdered(b)) ? 1 : -1));
  const optIn = before.findLastIndex(({ kind }) => kind === 'start');
  const confirmed = before.slice(optIn + 1).findLast((one) => !isBlockedSend(one));
  return confirmed ? recordedReason(confirmed) : reason;
}

const recordedReason = (message: Message): Reason => reasonOf({ ...message, ...message.note });

const changesConsent = ({ kind }: Pick<Message, 'kind'>): boolean => kind === 'stop' || kind === 'start';

function toOrdered({ kind, orderAt, messageSid }: Message) {
  return { state: kind === 'stop' ? ('stopped' as const) : ('started' as const), orderAt, messageSid };
}
