import {
  blockedSendOrder,
  classifyBlockedSend,
  nameSendError,
  type BlockedSendAction,
  type BlockedSends,
  type NamedSendError,
} from '../domain/blocked-send';
import { toInboundEvent } from '../domain/inbound-event-factory';
import type { InboundEvent } from '../domain/inbound-event';
import type { Classify } from '../domain/keywords/classify';
import { invalidShape, type UnprocessableMessage } from '../dead-letters/unprocessable';
import { streamTypeOf } from './event-type';
import { ReassignedNumber } from './reassigned-number';
import { BlockedMessage, InboundMessage } from './schemas';

export type ParsedCloudEvent =
  | { readonly kind: 'event'; readonly event: InboundEvent }
  | { readonly kind: 'not_a_keyword' }
  /** With the error code of a failed send that is not acted on. */
  | { readonly kind: 'ignored'; readonly sendError?: NamedSendError | undefined }
  | UnprocessableMessage;

/** A time further ahead of our clock is not trusted: no later message would ever take effect. */
const TRUSTED_AHEAD_MS = 60_000;

/** How the messages and failed sends of a batch are classified. */
export interface Classifiers {
  readonly classify: Classify;
  readonly blockedSends: BlockedSends;
}

/** Parses one event of a verified batch that was received at `now` (ms since 1970). */
export function parseCloudEvent(
  cloudEvent: unknown,
  now: number,
  { classify, blockedSends }: Classifiers,
): ParsedCloudEvent {
  const type = streamTypeOf(cloudEvent);
  switch (type) {
    case 'inbound_message':
      return parseInboundMessage(cloudEvent, now, classify);
    case 'message_failed':
    case 'message_undelivered':
      return parseFailedMessage(cloudEvent, now, blockedSends);
    case 'reassigned_number':
      return parseReassigned(cloudEvent, now);
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
  const classification = classify({
    optOutType: [data.optOutType, data.OptOutType, data.opt_out_type].find((text) => text?.trim()),
    body: data.body,
    buttonPayload: data.buttonPayload ?? data.ButtonPayload,
    to: data.to,
    toCountry: data.toCountry ?? data.ToCountry,
  });
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

function parseFailedMessage(cloudEvent: unknown, now: number, blockedSends: BlockedSends): ParsedCloudEvent {
  const { errorCode, to } =
    (cloudEvent as { data?: { errorCode?: unknown; to?: unknown } | null }).data ?? {};
  const action = blockedSends.actionOf(errorCode, typeof to === 'string' ? to : '');
  return action
    ? parseBlockedMessage(cloudEvent, action, now)
    : { kind: 'ignored', sendError: nameSendError(errorCode) };
}

/** The event's time is that of the failure. It does not contain the time of the send. */
function parseBlockedMessage(cloudEvent: unknown, action: BlockedSendAction, now: number): ParsedCloudEvent {
  const parsed = BlockedMessage.safeParse(cloudEvent);
  if (!parsed.success) return invalidShape(parsed.error);
  const { data, time } = parsed.data;
  const occurredAt = firstTrustedTime([data.timestamp, time], now);
  return toInboundEvent({
    messageSid: data.messageSid,
    accountSid: data.accountSid,
    classification: classifyBlockedSend(action, data.errorCode),
    person: data.to,
    ours: data.from,
    messagingServiceSid: data.messagingServiceSid,
    source: 'event_stream',
    occurredAt,
    orderAt: blockedSendOrder({ reportedAt: occurredAt }),
    receivedAt: now,
  });
}

/** Twilio opted the number out for our number that it names; of a Messaging Service it says nothing. */
function parseReassigned(cloudEvent: unknown, now: number): ParsedCloudEvent {
  const parsed = ReassignedNumber.safeParse(cloudEvent);
  if (!parsed.success) return invalidShape(parsed.error);
  const { isOptOut, timestamps, ...message } = parsed.data;
  if (!isOptOut) return { kind: 'ignored' };
  return toInboundEvent({
    ...message,
    classification: { kind: 'stop', reason: 'reassigned' },
    messagingServiceSid: '',
    source: 'event_stream',
    occurredAt: firstTrustedTime(timestamps, now),
    receivedAt: now,
  });
}

/** The first timestamp, in ms since 1970, that is present, valid and not in the future. Otherwise `now`. */
function firstTrustedTime(timestamps: readonly (string | undefined)[], now: number): number {
  const isTrusted = (at: number): boolean => at >= 0 && at <= now + TRUSTED_AHEAD_MS;
  return timestamps.map((timestamp) => Date.parse(timestamp ?? '')).find(isTrusted) ?? now;
}
