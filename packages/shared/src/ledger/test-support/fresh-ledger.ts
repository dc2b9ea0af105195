import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { InboundEvent } from '../../domain/inbound-event';
import { E164 } from '../../domain/phone';
import type { Subject } from '../../domain/subject';
import { Ledger } from '../ledger';

const PHONE = E164.parse('+14155550123');
export const SUBJECT: Subject = { workspace: 'default', channel: 'sms', phone: PHONE };
/** A whole second, long ago. */
export const NOW = 1_772_013_598_000;

/** A ledger of its own, its prefix, and the key of the entry of {@link SUBJECT} in it. */
export function freshLedger(redis: Redis): {
  readonly ledger: Ledger;
  readonly key: string;
  readonly prefix: string;
} {
  const prefix = `test-${randomUUID()}`;
  return { prefix, ledger: new Ledger(redis, { prefix }), key: `${prefix}:ledger:{default:sms:${PHONE}}` };
}

/** Message `n`, by webhook, `at` ms after {@link NOW}. */
export function message(
  n: number,
  kind: InboundEvent['kind'],
  at: number,
  overrides: Partial<InboundEvent> = {},
): InboundEvent {
  return InboundEvent.parse({
    version: 1,
    messageSid: `SM${n.toString(16).padStart(32, '0')}`,
    accountSid: 'AC1',
    kind,
    channel: 'sms',
    phone: PHONE,
    sender: 'MG1',
    source: 'webhook',
    occurredAt: NOW + at,
    receivedAt: NOW + at,
    ...overrides,
  });
}
