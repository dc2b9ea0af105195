import { fullJitterGenerator } from 'cockatiel';
import type { FailedAttempt } from '@optout-sync/shared';
import type { Failure } from './failure';

/** What to do after a failed try. */
export type Decision =
  { readonly type: 'retry'; readonly delayMs: number } | { readonly type: 'dead_letter' };

export const RETRY_HORIZON_MS = 24 * 3_600_000;
export const MISCONFIGURED_DELAY_MS = 30_000;
const BACKOFF = { initialDelay: 1_000, maxDelay: 600_000, exponent: 2, generator: fullJitterGenerator };

/**
 * Decides after a failed try. Transient failures and limits are retried with full jitter, at least as late as
 * Customer.io asked; only transient ones count against the 24-hour horizon, since a limit or a wrong key says nothing
 * about the job. `failures` are all tries so far, this one last.
 */
export function decide(failure: Failure, failures: readonly FailedAttempt[], now: number): Decision {
  switch (failure.kind) {
    case 'refused':
      return { type: 'dead_letter' };
    case 'misconfigured':
      return { type: 'retry', delayMs: MISCONFIGURED_DELAY_MS };
    case 'limited':
      return { type: 'retry', delayMs: (failure.retryAfterMs ?? 0) + backoff(failures.length) };
    case 'transient': {
      const since = failures[0]?.at ?? now;
      if (now - since > RETRY_HORIZON_MS) return { type: 'dead_letter' };
      return { type: 'retry', delayMs: Math.max(failure.retryAfterMs ?? 0, backoff(failures.length)) };
    }
    default:
      return failure.kind satisfies never;
  }
}

function backoff(tries: number): number {
  return fullJitterGenerator(tries, BACKOFF)[0];
}
