import type { InboundEvent } from '../../domain/inbound-event';
import { NOW, stop } from '../../test-support/stops';
import type { DeadLetter } from '../dead-letter';

/** The letter of the nth STOP, of a phone of its own unless told otherwise. */
export function eventDeadLetter(
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
      event: stop(n, event),
    },
    attempts: [{ at, code: letter.code ?? 'customerio_refused', status: 400 }],
    firstFailedAt: at,
    lastFailedAt: at,
    ...letter,
  };
}
