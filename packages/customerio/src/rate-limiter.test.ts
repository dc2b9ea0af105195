import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { RateLimiter } from './rate-limiter';

const connections = [0, 1].map(() => new Redis(process.env.TEST_REDIS_URL ?? ''));
afterAll(() => Promise.all(connections.map((redis) => redis.quit())));

const RPS = 40;
/** The rate limiters of two workers that share one key. */
const pair = (): RateLimiter[] => {
  const key = `test-${randomUUID()}`;
  return connections.map((redis) => new RateLimiter(redis, key, RPS));
};

/** When each of `count` requests, over both limiters, may be sent, in ms, ascending. */
async function times(limiters: readonly RateLimiter[], count: number): Promise<number[]> {
  const all = Array.from({ length: count }, async (_, n) => {
    await limiters[n % 2]?.acquire();
    return performance.now();
  });
  return (await Promise.all(all)).toSorted((a, b) => a - b);
}

describe('RateLimiter', () => {
  it('spaces the requests of two processes evenly, so that no second contains more than the rate', async () => {
    const startedAt = performance.now();
    await times(pair(), 2 * RPS);
    // With any burst, however it is refilled, twice the rate would take less time.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual((2 * RPS - 1) * (1_000 / RPS));
  });

  it('lets a single request pass at once', async () => {
    const [limiter] = pair();
    const startedAt = performance.now();
    await limiter?.acquire();
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('holds back all processes while it is paused', async () => {
    const limiters = pair();
    await limiters[0]?.pause(700);
    const startedAt = performance.now();
    const [first] = await times(limiters, 2);
    expect((first ?? 0) - startedAt).toBeGreaterThanOrEqual(690);
  });

  it('does not end a pause early for a shorter one', async () => {
    const limiters = pair();
    await limiters[0]?.pause(700);
    await limiters[1]?.pause(1);
    const startedAt = performance.now();
    await limiters[1]?.acquire();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(650);
  });
});
