import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { JobError } from '@optout-sync/shared/domain';

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 5_000;

/**
 * A circuit breaker for each target, so that one that is unreachable does not delay the others:
 *
 *   closed     messages are delivered. Five transient errors in a row: -> open
 *   open       messages fail at once and are retried later. After 5 s: -> half-open
 *   half-open  one message is delivered as a probe. -> closed, or -> open when it fails with a transient error
 */
export class Breakers {
  private readonly byTarget = new Map<string, CircuitBreakerPolicy>();

  /** @throws {JobError} `forward_target_down` while the breaker is open; else what `deliver` throws */
  async run(target: string, deliver: () => Promise<void>): Promise<void> {
    try {
      await this.breakerOf(target).execute(deliver);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new JobError('transient', 'forward_target_down', 'the target is unreachable: not attempted', {
        retryAfterMs: OPEN_MS,
      });
    }
  }

  private breakerOf(target: string): CircuitBreakerPolicy {
    const existing = this.byTarget.get(target);
    if (existing) return existing;
    const transient = handleWhen((error) => error instanceof JobError && error.kind === 'transient');
    const breaker = circuitBreaker(transient, {
      halfOpenAfter: OPEN_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
    this.byTarget.set(target, breaker);
    return breaker;
  }
}
