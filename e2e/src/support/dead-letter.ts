import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { InboundEvent } from '@optout-sync/shared/domain';

/** The dead letter of an event that a worker could not record just now. */
export function deadLetterOf(event: InboundEvent): DeadLetter {
  const at = Date.now();
  return {
    version: 1,
    stage: 'record',
    code: 'internal_error',
    message: 'x',
    undone: { type: 'event', event },
    attempts: [{ at, code: 'internal_error' }],
    firstFailedAt: at,
    lastFailedAt: at,
  };
}
