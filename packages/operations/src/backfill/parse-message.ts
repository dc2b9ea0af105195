import {
  blockedSendOrder,
  classifyBlockedSend,
  toInboundEvent,
  type BlockedSends,
  type Classify,
  type InboundEvent,
} from '@optout-sync/shared/domain';
import type { LoggedMessage } from '@optout-sync/twilio-api';

/** How messages are classified: what people send, and what is done about failed sends. */
export interface Classifiers {
  readonly classify: Classify;
  readonly blockedSends: BlockedSends;
}

/** `other`: a message that changes no consent. `unprocessable`: a keyword from or to an address that is not a phone number. */
export type ParsedLoggedMessage =
  | { readonly kind: 'event'; readonly event: InboundEvent; readonly blocked: boolean }
  | { readonly kind: 'unprocessable' }
  | { readonly kind: 'other' };

/**
 * Parses one message of the log. Twilio gives the time it was sent, to the second, and that is the time of the event. HELP
 * changes no consent, so it is `other`.
 *
 * @param now in ms since 1970
 */
export function parseLoggedMessage(
  message: LoggedMessage,
  now: number,
  { classify, blockedSends }: Classifiers,
): ParsedLoggedMessage {
  const createdAt = message.date_created ?? message.date_sent ?? now;
  const sentAt = Math.min(message.date_sent ?? createdAt, now);
  const common = {
    messageSid: message.sid,
    accountSid: message.account_sid,
    messagingServiceSid: message.messaging_service_sid,
    source: 'backfill' as const,
    receivedAt: now,
  };
  if (message.direction === 'inbound') {
    const classification = classify({ body: message.body, to: message.to });
    if (classification.kind === 'none' || classification.kind === 'help') return { kind: 'other' };
    const inbound = { ...common, classification, person: message.from, ours: message.to, occurredAt: sentAt };
    return fromEvent(toInboundEvent(inbound), false);
  }
  const action = blockedSends.actionOf(message.error_code, message.to);
  if (!action) return { kind: 'other' };
  const orderAt = blockedSendOrder({ reportedAt: now, sentAt: Math.min(createdAt, sentAt) });
  const blocked = {
    ...common,
    classification: classifyBlockedSend(action, message.error_code),
    person: message.to,
    ours: message.from,
    // The ledger recognises a blocked send by orderAt < occurredAt, so they must differ within one second as well.
    occurredAt: Math.max(Math.min(message.date_updated ?? sentAt, now), orderAt + 1),
    orderAt,
  };
  return fromEvent(toInboundEvent(blocked), true);
}

function fromEvent(made: ReturnType<typeof toInboundEvent>, blocked: boolean): ParsedLoggedMessage {
  return made.kind === 'event' ? { ...made, blocked } : { kind: 'unprocessable' };
}
