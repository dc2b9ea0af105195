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
 * Keeps a target that is down from taking up the time of the others: after some failures in a row messages for it go
 * back to wait untried, but for one every few seconds that finds out.
 */
export class Breakers {
  private readonly byTarget = new Map<string, CircuitBreakerPolicy>();

  async run(target: string, deliver: () => Promise<void>): Promise<void> {
    try {
      await this.breakerOf(target).execute(deliver);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new JobError('transient', 'forward_target_down', 'the target is down: not tried', {
        retryAfterMs: OPEN_MS,
      });
    }
  }

  private breakerOf(target: string): CircuitBreakerPolicy {
    const known = this.byTarget.get(target);
    if (known) return known;
    const transient = handleWhen((error) => error instanceof JobError && error.kind === 'transient');
    const breaker = circuitBreaker(transient, {
      halfOpenAfter: OPEN_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
    this.byTarget.set(target, breaker);
    return breaker;
  }
}
