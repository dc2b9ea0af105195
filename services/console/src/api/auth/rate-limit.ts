import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { ApiToken } from '@optout-sync/operations';
import { ApiError } from '../errors/api-error';

/** Counts points against the limit of a token. @throws {ApiError} `rate_limited` */
export type Spend = (token: Pick<ApiToken, 'name'>, points: number) => Promise<void>;

/**
 * Limits what each token may do in a second. All consoles of a system share the count, which is in Redis:
 * `<prefix>:api-rate:<name>`.
 */
export function createRateLimit(redis: Redis | Cluster, prefix: string, pointsPerSecond: number): Spend {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `${prefix}:api-rate`,
    points: pointsPerSecond,
    duration: 1,
    // Once a token has used up a second, the rest of it costs Redis nothing.
    inMemoryBlockOnConsumed: pointsPerSecond + 1,
  });
  return async ({ name }, points) => {
    try {
      await limiter.consume(name, Math.min(points, pointsPerSecond));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw new ApiError('rate_limited', `${String(pointsPerSecond)} points a second are used up`, {
        headers: { 'retry-after': String(seconds) },
      });
    }
  };
}
