import {
  blockedSendOrder,
  toInboundEvent,
  isBlocked,
  type Classify,
  type InboundEvent,
} from '@optout-sync/shared/domain';
import { invalidShape, type UnprocessableMessage } from '../../inbound/unprocessable';
import { streamTypeOf } from './event-type';
import { BlockedMessage, InboundMessage } from './schemas';

export type ParsedCloudEvent =
  | { readonly kind: 'event'; readonly event: InboundEvent }
  | { readonly kind: 'not_a_keyword' }
  | { readonly kind: 'ignored' }
  | UnprocessableMessage;

/** A time further ahead of our clock is not trusted: no later message would ever take effect. */
const TRUSTED_AHEAD_MS = 60_000;

/** Parses one event of a verified batch that was received at `now` (ms since 1970). */
export function parseCloudEvent(cloudEvent: unknown, now: number, classify: Classify): ParsedCloudEvent {
  const type = streamTypeOf(cloudEvent);
  switch (type) {
    case 'inbound_message':
      return parseInboundMessage(cloudEvent, now, classify);
    case 'message_failed':
    case 'message_undelivered':
      return isBlocked((cloudEvent as { data?: { errorCode?: unknown } | null }).data?.errorCode)
        ? parseBlockedMessage(cloudEvent, now)
        : { kind: 'ignored' };
    case 'test':
    case 'other':
      return { kind: 'ignored' };
    case undefined:
      return { kind: 'unprocessable', code: 'message_not_understood', message: 'It is not a CloudEvent' };
    default:
      return type satisfies never;
  }
}

function parseInboundMessage(cloudEvent: unknown, now: number, classify: Classify): ParsedCloudEvent {
  const parsed = InboundMessage.safeParse(cloudEvent);
  if (!parsed.success) return invalidShape(parsed.error);
  const { data, time } = parsed.data;
  const optOutType = data.optOutType ?? data.OptOutType;
  const classification = classify({ optOutType, body: data.body, to: data.to });
  if (classification.kind === 'none') return { kind: 'not_a_keyword' };
  return toInboundEvent({
    messageSid: data.messageSid,
    accountSid: data.accountSid,
    classification,
    person: data.from,
    ours: data.to,
    messagingServiceSid: data.messagingServiceSid,
    source: 'event_stream',
    occurredAt: firstTrustedTime([data.timestamp, time], now),
    receivedAt: now,
  });
}

/** The event's time is that of the failure. It does not contain the time of the send. */
function parseBlockedMessage(cloudEvent: unknown, now: number): ParsedCloudEvent {
  const parsed = BlockedMessage.safeParse(cloudEvent);
  if (!parsed.success) return invalidShape(parsed.error);
  const { data, time } = parsed.data;
  const occurredAt = firstTrustedTime([data.timestamp, time], now);
  return toInboundEvent({
    messageSid: data.messageSid,
    accountSid: data.accountSid,
    classification: { kind: 'stop' },
    person: data.to,
    ours: data.from,
    messagingServiceSid: data.messagingServiceSid,
    source: 'event_stream',
    occurredAt,
    orderAt: blockedSendOrder({ reportedAt: occurredAt }),
    receivedAt: now,
  });
}

/** The first timestamp, in ms since 1970, that is present, valid and not in the future. Otherwise `now`. */
function firstTrustedTime(timestamps: readonly (string | undefined)[], now: number): number {
  const isTrusted = (at: number): boolean => at >= 0 && at <= now + TRUSTED_AHEAD_MS;
  return timestamps.map((timestamp) => Date.parse(timestamp ?? '')).find(isTrusted) ?? now;
}
