import type { InboundEvent } from '../../domain/inbound-event';
import { NOW, stop } from '../../test-support/stops';
import type { DeadLetter } from '../dead-letter';

/** The dead letter of the nth STOP; each n has its own phone unless `given` says otherwise. */
export function eventDeadLetter(
  n: number,
  given: Partial<Omit<DeadLetter, 'undone'>> & {
    readonly event?: Partial<Record<keyof InboundEvent, unknown>>;
  } = {},
): DeadLetter {
  const { event, ...fields } = given;
  const at = fields.lastFailedAt ?? NOW;
  return {
    version: 1,
    stage: 'record',
    code: 'customerio_refused',
    message: 'answered 400',
    undone: {
      type: 'event',
      event: stop(n, event),
    },
    attempts: [{ at, code: fields.code ?? 'customerio_refused', status: 400 }],
    firstFailedAt: at,
    lastFailedAt: at,
    ...fields,
  };
}
