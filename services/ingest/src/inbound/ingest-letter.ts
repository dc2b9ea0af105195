import type { DeadLetter } from '@optout-sync/shared';

/** A dead letter of what ingest could not make an event of or hand on, at `at` (ms since 1970). */
export function ingestLetter(
  code: string,
  message: string,
  undone: DeadLetter['undone'],
  at: number,
): DeadLetter {
  return {
    version: 1,
    stage: 'ingest',
    code,
    message,
    undone,
    attempts: [],
    firstFailedAt: at,
    lastFailedAt: at,
  };
}
