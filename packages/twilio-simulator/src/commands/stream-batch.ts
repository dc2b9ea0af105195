import { randomBytes } from 'node:crypto';
import { messageSid } from '../message';
import { streamFailed, streamInbound, streamTest } from '../stream-event';
import { PERSON, oursFor, unlessNone } from './common-options';

export const EVENT_KINDS = ['inbound', 'failed', 'undelivered', 'test'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface EventOptions {
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

/** `count` events, each of a message of its own; the last one happened `at`, each before it a millisecond earlier. */
export function streamBatch(kind: EventKind, options: EventOptions, account: string) {
  return Array.from({ length: options.count }, (_, n) => {
    const at = new Date(options.at.getTime() - (options.count - 1 - n));
    return kind === 'test' ? streamTest(account) : messageEvent(kind, options, account, at.toISOString());
  });
}

/** Who writes an inbound message, and who another one was for. */
export function personOf(kind: EventKind, { from, to }: Pick<EventOptions, 'from' | 'to'>): string {
  return (kind === 'inbound' ? from : to) ?? PERSON;
}

function messageEvent(
  kind: Exclude<EventKind, 'test'>,
  options: EventOptions,
  account: string,
  timestamp: string,
) {
  const sid = options.sid ?? messageSid();
  const person = personOf(kind, options);
  const { from = oursFor(person), to = oursFor(person), body, optOutType } = options;
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
