import { fullJitterGenerator } from 'cockatiel';
import type { JobError } from '@optout-sync/shared/domain';

/** What to do after a failed try. */
export type Decision =
  { readonly type: 'retry'; readonly delayMs: number } | { readonly type: 'dead_letter' };

export const RETRY_HORIZON_MS = 24 * 3_600_000;
export const MISCONFIGURED_DELAY_MS = 30_000;
const BACKOFF = { initialDelay: 1_000, maxDelay: 600_000, exponent: 2, generator: fullJitterGenerator };

/** What came before a failed try. Times in ms since 1970. */
export interface Past {
  /** How often it was tried, this time included. */
  readonly tries: number;
  /** Since when it has failed in a transient way and no other. */
  readonly transientSince: number | undefined;
  readonly now: number;
}

/**
 * Decides after a failed try. Transient failures and limits are retried with full jitter, at least as late as
 * Customer.io asked; only an unbroken run of transient ones counts against the 24-hour horizon, since an outage, a limit or
 * a wrong key says nothing about the job.
 */
export function decide(failure: JobError, { tries, transientSince, now }: Past): Decision {
  switch (failure.kind) {
    case 'interrupted':
      return { type: 'retry', delayMs: 0 };
    case 'refused':
      return { type: 'dead_letter' };
    case 'misconfigured':
      return { type: 'retry', delayMs: MISCONFIGURED_DELAY_MS };
    case 'limited':
      return { type: 'retry', delayMs: (failure.retryAfterMs ?? 0) + backoff(tries) };
    case 'transient':
      if (now - (transientSince ?? now) > RETRY_HORIZON_MS) return { type: 'dead_letter' };
      return again(failure, tries);
    case 'outage':
      return again(failure, tries);
    default:
      return failure.kind satisfies never;
  }
}

function again({ retryAfterMs }: JobError, tries: number): Decision {
  return { type: 'retry', delayMs: Math.max(retryAfterMs ?? 0, backoff(tries)) };
}

function backoff(tries: number): number {
  return fullJitterGenerator(tries, BACKOFF)[0];
}
