import type { DeadLetter } from '@optout-sync/shared';
import type { GaveUp } from './run-job';

/** The dead letter of a job that was given up. */
export function letterOf(
  stage: DeadLetter['stage'],
  { failure, attempts }: GaveUp<unknown>,
  undone: DeadLetter['undone'],
): DeadLetter {
  const now = Date.now();
  return {
    version: 1,
    stage,
    code: failure.code,
    message: failure.message,
    undone,
    attempts: [...attempts],
    firstFailedAt: attempts[0]?.at ?? now,
    lastFailedAt: attempts.at(-1)?.at ?? now,
  };
}
