import { randomBytes, randomUUID } from 'node:crypto';
import { messageSid } from '../webhooks/message';
import { streamFailed, streamInbound, streamReassigned, streamTest } from '../webhooks/stream-event';
import { DEFAULT_PERSON, ourAddressFor, unlessNone } from './common-options';

export const STREAM_EVENT_KINDS = ['inbound', 'failed', 'undelivered', 'reassigned', 'test'] as const;
export type StreamEventKind = (typeof STREAM_EVENT_KINDS)[number];

export interface StreamEventOptions {
  readonly from?: string;
  readonly to?: string;
  readonly body: string;
  readonly optOutType?: string;
  readonly errorCode: string;
  readonly service: string;
  readonly sid?: string;
  readonly at: Date;
  readonly count: number;
}

/** `count` events, each of another message, or of another detection of a reassigned number. The last one happened at `at`, each earlier one a millisecond before the next. */
export function streamBatch(kind: StreamEventKind, options: StreamEventOptions, account: string) {
  return Array.from({ length: options.count }, (_, n) => {
    const at = new Date(options.at.getTime() - (options.count - 1 - n));
    switch (kind) {
      case 'test':
        return streamTest(account);
      case 'reassigned':
        return reassignedEvent(options, account, at.toISOString());
      default:
        return messageEvent(kind, options, account, at.toISOString());
    }
  });
}

/** The sender of an inbound message, the recipient of an outbound one. */
export function personOf(
  kind: StreamEventKind,
  { from, to }: Pick<StreamEventOptions, 'from' | 'to'>,
): string {
  return (kind === 'inbound' ? from : to) ?? DEFAULT_PERSON;
}

function reassignedEvent(options: StreamEventOptions, account: string, timestamp: string) {
  const person = personOf('reassigned', options);
  const event = streamReassigned({
    event_id: options.sid ?? randomUUID(),
    timestamp,
    account_sid: account,
    from_number: options.from ?? ourAddressFor(person),
    to_number: person,
    consent_updated_at: timestamp,
  });
  return { ...event, id: `EZ${randomBytes(16).toString('hex')}`, time: timestamp };
}

function messageEvent(
  kind: Exclude<StreamEventKind, 'test' | 'reassigned'>,
  options: StreamEventOptions,
  account: string,
  timestamp: string,
) {
  const sid = options.sid ?? messageSid();
  const person = personOf(kind, options);
  const { from = ourAddressFor(person), to = ourAddressFor(person), body, optOutType } = options;
  const errorCode = unlessNone(options.errorCode);
  const data = {
    messageSid: sid,
    timestamp,
    accountSid: account,
    messagingServiceSid: unlessNone(options.service),
  };
  return {
    ...(kind === 'inbound'
      ? streamInbound({ ...data, from: person, to, body, optOutType })
      : streamFailed({ ...data, from, to: person, errorCode: errorCode && Number(errorCode) }, kind)),
    id: `EZ${randomBytes(16).toString('hex')}`,
    source: `/2010-04-01/Accounts/${account}/Messages/${sid}.json`,
    time: timestamp,
  };
}
