import fc from 'fast-check';
import { JobError } from '@optout-sync/shared/domain';
import {
  MAX_RETRY_AFTER_MS,
  MISCONFIGURED_DELAY_MS,
  RETRY_HORIZON_MS,
  decide,
  horizonStart,
  type RetryState,
} from './retry-policy';

const NOW = 1_772_013_598_000;
const after = (attempts: number, transientSince = NOW): RetryState => ({
  attempts,
  transientSince,
  now: NOW,
});

describe('decide', () => {
  it('dead-letters a rejected job at the first attempt', () => {
    expect(decide(new JobError('rejected', 'internal_error', 'x'), after(1))).toEqual({
      type: 'dead_letter',
    });
  });

  it('retries a transient error with full jitter, doubling up to ten minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
        const decision = decide(new JobError('transient', 'internal_error', 'x'), after(count));
        expect(decision.type).toBe('retry');
        if (decision.type !== 'retry') return;
        expect(decision.delayMs).toBeGreaterThanOrEqual(0);
        expect(decision.delayMs).toBeLessThanOrEqual(Math.min(600_000, 1_000 * 2 ** count));
      }),
    );
  });

  it('spreads retries over the whole interval, so that failed jobs do not come back together', () => {
    const delays = Array.from({ length: 200 }, () => {
      const decision = decide(new JobError('transient', 'internal_error', 'x'), after(20));
      return decision.type === 'retry' ? decision.delayMs : 0;
    });
    expect(Math.min(...delays)).toBeLessThan(100_000);
    expect(Math.max(...delays)).toBeGreaterThan(500_000);
  });

  it('dead-letters a job that fails with transient errors for more than 24 hours', () => {
    const failure = new JobError('transient', 'internal_error', 'x');
    expect(decide(failure, after(300, NOW - RETRY_HORIZON_MS - 1))).toEqual({ type: 'dead_letter' });
    expect(decide(failure, after(300, NOW - RETRY_HORIZON_MS + 1)).type).toBe('retry');
  });

  it('waits at least as long as Customer.io asks', () => {
    for (const kind of ['rate_limited', 'transient'] as const) {
      const decision = decide(new JobError(kind, 'internal_error', 'x', { retryAfterMs: 7_000 }), after(1));
      expect(decision).toMatchObject({ type: 'retry' });
      if (decision.type === 'retry') expect(decision.delayMs).toBeGreaterThanOrEqual(7_000);
    }
  });

  it('waits at most five minutes for a Retry-After of a 5xx, and as long as a 429 says', () => {
    const delayOf = (kind: 'rate_limited' | 'transient' | 'outage'): number => {
      const decision = decide(
        new JobError(kind, 'internal_error', 'x', { retryAfterMs: 3_600_000 }),
        after(1),
      );
      return decision.type === 'retry' ? decision.delayMs : 0;
    };
    expect(delayOf('transient')).toBe(MAX_RETRY_AFTER_MS);
    expect(delayOf('outage')).toBe(MAX_RETRY_AFTER_MS);
    expect(delayOf('rate_limited')).toBeGreaterThanOrEqual(3_600_000);
  });

  it('never dead-letters a job for an outage, a rate limit or a wrong key', () => {
    const old = after(300, NOW - 30 * RETRY_HORIZON_MS);
    expect(decide(new JobError('outage', 'internal_error', 'x'), old).type).toBe('retry');
    expect(decide(new JobError('rate_limited', 'internal_error', 'x'), old).type).toBe('retry');
    expect(decide(new JobError('misconfigured', 'internal_error', 'x'), old)).toEqual({
      type: 'retry',
      delayMs: MISCONFIGURED_DELAY_MS,
    });
  });
});

describe('horizonStart', () => {
  type Attempt = readonly ['transient' | 'outage' | 'rate_limited' | 'misconfigured', number];
  /** The horizon after attempts, each so many ms after the one before. */
  function after(attempts: readonly Attempt[]): { start: number | undefined; now: number } {
    let now = NOW;
    let start: number | undefined;
    let at: number | undefined;
    for (const [kind, gap] of attempts) {
      now += gap;
      start = horizonStart({ kind }, { transientSince: start, at }, now);
      at = now;
    }
    return { start, now };
  }
  const gap = fc.nat(600_000);

  it('counts the time between transient errors, and none of what ends in an outage, a rate limit or a wrong key', () => {
    const kind = fc.constantFrom('transient', 'outage', 'rate_limited', 'misconfigured');
    const attempt = fc.tuple(kind, gap);
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 30 }), (attempts) => {
        const { start, now } = after([['transient', 0], ...attempts]);
        const counted = attempts.reduce((sum, [kind, ms]) => sum + (kind === 'transient' ? ms : 0), 0);
        expect(now - start!).toBe(counted);
      }),
    );
  });

  it('is started by no outage, rate limit or wrong key alone', () => {
    const attempt = fc.tuple(fc.constantFrom('outage', 'rate_limited', 'misconfigured'), gap);
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1 }), (attempts) => {
        expect(after(attempts).start).toBeUndefined();
      }),
    );
  });

  it('never lies in the future, whatever the clocks did', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (transientSince, at) => {
        const start = horizonStart({ kind: 'outage' }, { transientSince, at }, NOW);
        expect(start).toBeLessThanOrEqual(Math.max(NOW, transientSince));
      }),
    );
  });

  it('reads a job that was stored without the time of an attempt', () => {
    expect(horizonStart({ kind: 'outage' }, { transientSince: 5, at: undefined }, NOW)).toBe(5);
  });
});
