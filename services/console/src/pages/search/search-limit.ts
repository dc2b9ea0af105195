import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ConsoleError } from '../../http/console-error';
import type { ConsoleRequest } from '../../http/route';

/** More than a person types. To try the five digits that a masked phone hides takes more than a day at this rate. */
const PER_MINUTE = 60;

/**
 * Counts a search for a phone: its answer names the person's page, which tells whoever tries many numbers the one that a masked
 * phone is. The counts of all consoles together are in Redis: `<prefix>:console:search:<user>`.
 *
 * @throws {ConsoleError} `too_many_searches`
 */
export async function countSearch({
  context: { stores },
  user,
}: Pick<ConsoleRequest, 'context' | 'user'>): Promise<void> {
  const keyPrefix = `${stores.prefix}:console:search`;
  const limiter = new RateLimiterRedis({
    storeClient: stores.redis,
    keyPrefix,
    points: PER_MINUTE,
    duration: 60,
  });
  try {
    await limiter.consume(user.name);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const seconds = Math.ceil(error.msBeforeNext / 1_000);
    throw new ConsoleError(429, 'too_many_searches', 'there were too many searches in a minute', seconds);
  }
}
