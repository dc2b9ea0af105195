import { InboundEvent } from '../../domain/inbound-event';
import type { DeadLetter } from '../dead-letter';

export const NOW = 1_772_013_598_000;

/** A sid by number. */
export const sid = (n: number): string => `SM${n.toString(16).padStart(32, '0')}`;
export const phone = (n: number): string => `+1415${String(5_550_000 + n)}`;

/** The letter of the nth STOP, of a phone of its own unless told otherwise. */
export function eventLetter(
  n: number,
  given: Partial<Omit<DeadLetter, 'undone'>> & {
    readonly event?: Partial<Record<keyof InboundEvent, unknown>>;
  } = {},
): DeadLetter {
  const { event, ...letter } = given;
  const at = letter.lastFailedAt ?? NOW;
  return {
    version: 1,
    stage: 'record',
    code: 'customerio_refused',
    message: 'answered 400',
    undone: {
      type: 'event',
      event: InboundEvent.parse({
        version: 1,
        messageSid: sid(n),
        accountSid: 'AC1',
        kind: 'stop',
        channel: 'sms',
        phone: phone(n),
        sender: 'MG1',
        source: 'webhook',
        occurredAt: NOW,
        receivedAt: NOW,
        ...event,
      }),
    },
    attempts: [{ at, code: letter.code ?? 'customerio_refused', status: 400 }],
    firstFailedAt: at,
    lastFailedAt: at,
    ...letter,
  };
}
