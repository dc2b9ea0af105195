import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { WebhookError } from './webhook-error';

/** Counts points of a key. @throws {WebhookError} `rate_limited` once a minute's points are used up */
export type Spend = (key: string, points?: number) => Promise<void>;

/** In seconds. */
const WINDOW_S = 60;

/** Limits what a key may use up in a minute, in this process. A single request may always use up a whole minute. */
export function createRateLimit(pointsPerMinute: number): Spend {
  const limiter = new RateLimiterMemory({ points: pointsPerMinute, duration: WINDOW_S });
  return async (key, points = 1) => {
    try {
      await limiter.consume(key, Math.min(points, pointsPerMinute));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw new WebhookError('rate_limited', {}, { headers: { 'retry-after': String(seconds) } });
    }
  };
}
