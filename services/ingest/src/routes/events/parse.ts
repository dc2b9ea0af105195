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

/** What an event comes to. */
export type ParsedStreamEvent =
  | { readonly kind: 'event'; readonly event: InboundEvent }
  | { readonly kind: 'not_a_keyword' }
  | { readonly kind: 'ignored' }
  | UnprocessableMessage;

/** A time further ahead of our clock than this is not believed: nothing said later would ever count again. */
const BELIEVED_AHEAD_MS = 60_000;

/** Reads one event of a signed batch that came at `now` (ms since 1970). */
export function parseStreamEvent(event: unknown, now: number, classify: Classify): ParsedStreamEvent {
  const type = streamTypeOf(event);
  switch (type) {
    case 'inbound_message':
      return understandInbound(event, now, classify);
    case 'message_failed':
    case 'message_undelivered':
      return isBlocked((event as { data?: { errorCode?: unknown } | null }).data?.errorCode)
        ? understandBlocked(event, now)
        : { kind: 'ignored' };
    case 'test':
    case 'other':
      return { kind: 'ignored' };
    case undefined:
      return { kind: 'unprocessable', code: 'message_not_understood', message: 'It is no CloudEvent' };
    default:
      return type satisfies never;
  }
}

function understandInbound(event: unknown, now: number, classify: Classify): ParsedStreamEvent {
  const parsed = InboundMessage.safeParse(event);
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
    occurredAt: timeOf([data.timestamp, time], now),
    receivedAt: now,
  });
}

/** The event's time is that of the failure; when the message was sent it does not say. */
function understandBlocked(event: unknown, now: number): ParsedStreamEvent {
  const parsed = BlockedMessage.safeParse(event);
  if (!parsed.success) return invalidShape(parsed.error);
  const { data, time } = parsed.data;
  const occurredAt = timeOf([data.timestamp, time], now);
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

/** The first of the timestamps, in ms since 1970, that is neither missing, unreadable nor in the future; else `now`. */
function timeOf(timestamps: readonly (string | undefined)[], now: number): number {
  const believed = (at: number): boolean => at >= 0 && at <= now + BELIEVED_AHEAD_MS;
  return timestamps.map((timestamp) => Date.parse(timestamp ?? '')).find(believed) ?? now;
}
