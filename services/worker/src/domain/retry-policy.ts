import { fullJitterGenerator } from 'cockatiel';
import type { JobError } from '@optout-sync/shared/domain';

/** What happens to a job after a failed attempt. */
export type Decision =
  { readonly type: 'retry'; readonly delayMs: number } | { readonly type: 'dead_letter' };

export const RETRY_HORIZON_MS = 24 * 3_600_000;
export const MISCONFIGURED_DELAY_MS = 30_000;
export const UNSUPPORTED_DELAY_MS = 30_000;
/** The longest `Retry-After` of a 5xx that is honoured. It guesses when a server is well; a 429 states a limit. */
export const MAX_RETRY_AFTER_MS = 5 * 60_000;
const BACKOFF = { initialDelay: 1_000, maxDelay: 600_000, exponent: 2, generator: fullJitterGenerator };

/** The history of a job at a failed attempt. Times in ms since 1970. */
export interface RetryState {
  /** How many attempts have failed, this one included. */
  readonly attempts: number;
  /** See `horizonStart`. */
  readonly transientSince: number | undefined;
  readonly now: number;
}

/**
 * The time, in ms since 1970, from which the retry horizon of a job runs after a failed attempt; undefined while none
 * runs. Transient errors and unsupported payloads start it. Any other kind concerns all jobs, such as an outage, a rate limit
 * or a wrong key: its time does not count, so it moves the horizon forward by the time since the attempt before. It does not
 * restart it: a job whose own request always fails meets a rate limit now and then as all others do.
 *
 * @param previous the horizon and the time of the attempt before, where there are any
 */
export function horizonStart(
  { kind }: Pick<JobError, 'kind'>,
  previous: { readonly transientSince: number | undefined; readonly at: number | undefined },
  now: number,
): number | undefined {
  const { transientSince, at = now } = previous;
  if (kind === 'transient' || kind === 'unsupported') return transientSince ?? now;
  if (transientSince === undefined) return undefined;
  return Math.min(now, transientSince + Math.max(0, now - at));
}

/**
 * Decides what happens after a failed attempt. Transient errors and rate limits are retried with full jitter, no earlier
 * than Customer.io asked for; of a transient error's `Retry-After`, 5 minutes are honoured. Only transient errors and unsupported payloads
 * count against the 24-hour horizon, since an outage, a rate limit or a wrong key says nothing about the job.
 */
export function decide(failure: JobError, { attempts, transientSince, now }: RetryState): Decision {
  const isPastHorizon = now - (transientSince ?? now) > RETRY_HORIZON_MS;
  switch (failure.kind) {
    case 'aborted':
      return { type: 'retry', delayMs: 0 };
    case 'rejected':
      return { type: 'dead_letter' };
    case 'misconfigured':
      return { type: 'retry', delayMs: MISCONFIGURED_DELAY_MS };
    case 'rate_limited':
      return { type: 'retry', delayMs: (failure.retryAfterMs ?? 0) + backoffMs(attempts) };
    case 'transient':
      return isPastHorizon ? { type: 'dead_letter' } : retryWithBackoff(failure, attempts);
    case 'unsupported':
      return isPastHorizon ? { type: 'dead_letter' } : { type: 'retry', delayMs: UNSUPPORTED_DELAY_MS };
    case 'outage':
      return retryWithBackoff(failure, attempts);
    default:
      return failure.kind satisfies never;
  }
}

function retryWithBackoff({ retryAfterMs }: JobError, attempts: number): Decision {
  const askedMs = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  return { type: 'retry', delayMs: Math.max(askedMs, backoffMs(attempts)) };
}

function backoffMs(attempts: number): number {
  return fullJitterGenerator(attempts, BACKOFF)[0];
}
