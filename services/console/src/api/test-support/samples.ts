import { randomBytes } from 'node:crypto';
import type { Stores } from '@optout-sync/operations';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { E164, InboundEvent, type Subject } from '@optout-sync/shared/domain';

export const SENDER = '+15005550006';
const START = Date.parse('2026-02-25T10:00:00.000Z');

let count = 0;
/** A phone of its own for each call. */
export const newPhone = (): E164 => E164.parse(`+1415555${String(1_000 + count++)}`);

export const subjectOf = (phone: E164): Subject => ({ workspace: 'default', channel: 'sms', phone });

/** A STOP or START to {@link SENDER}, with a MessageSid of its own. */
export function eventOf(phone: E164, kind: 'stop' | 'start' = 'stop', occurredAt = START): InboundEvent {
  return InboundEvent.parse({
    version: 1,
    messageSid: `SM${randomBytes(16).toString('hex')}`,
    accountSid: `AC${'0'.repeat(32)}`,
    kind,
    channel: 'sms',
    phone,
    sender: SENDER,
    source: 'webhook',
    occurredAt,
    receivedAt: occurredAt,
  });
}

/** Records a STOP or START as a worker does, and returns its phone. */
export async function record(
  { ledger }: Pick<Stores, 'ledger'>,
  kind: 'stop' | 'start' = 'stop',
  phone = newPhone(),
  occurredAt = START,
): Promise<E164> {
  await ledger.record(subjectOf(phone), eventOf(phone, kind, occurredAt));
  return phone;
}

/** A dead letter of a STOP that Customer.io refused. */
export function deadLetterOf(phone: E164): DeadLetter {
  return {
    version: 1,
    stage: 'sync',
    code: 'customerio_refused',
    message: `no update of ${phone}`,
    undone: {
      type: 'sync',
      request: { version: 1, ...subjectOf(phone) },
      messageSids: [eventOf(phone).messageSid],
    },
    attempts: [{ at: START, code: 'customerio_refused', status: 422 }],
    firstFailedAt: START,
    lastFailedAt: START,
  };
}
