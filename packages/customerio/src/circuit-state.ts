import type { JobErrorKind } from '@optout-sync/shared/domain';

/**
 * The states of an API's circuit, as one process sees that API.
 *
 *   closed   Requests pass. The initial state. Left for `open` after five transient failures without a success between
 *            them, for `blocked` when a response rejects our keys or region.
 *   open     The API is unreachable: only probes pass, one per second. Left for `closed` when a probe ends in anything
 *            but a transient failure, for `blocked` when a response rejects our keys or region.
 *   blocked  The API rejects our keys or region: only probes pass, one per 30 seconds. Left for `closed` when a probe
 *            succeeds, or is rejected for its content, which proves that the keys were accepted. A rate limit or a
 *            transient failure proves nothing about the keys.
 */
export type CircuitStateName = 'closed' | 'open' | 'blocked';

/** How one request ended. */
export interface RequestOutcome {
  readonly probe: boolean;
  /** Undefined for a success. */
  readonly failure: JobErrorKind | undefined;
  /** Whether the breaker, which counts transient failures, lets requests pass after this one. */
  readonly breakerClosed: boolean;
}

/** The state that follows `state` after a request ended in `outcome`. */
export function nextState(state: CircuitStateName, outcome: RequestOutcome): CircuitStateName {
  const { probe, failure, breakerClosed } = outcome;
  if (failure === 'misconfigured') return 'blocked';
  const keysAccepted = probe && (failure === undefined || failure === 'rejected');
  if (state === 'blocked' && !keysAccepted) return 'blocked';
  return breakerClosed ? 'closed' : 'open';
}
