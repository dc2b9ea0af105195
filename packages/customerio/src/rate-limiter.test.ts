import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { RateLimiter } from './rate-limiter';

const connections = [0, 1].map(() => new Redis(process.env.TEST_REDIS_URL ?? ''));
afterAll(() => Promise.all(connections.map((redis) => redis.quit())));

const RPS = 40;
const budgets = (): RateLimiter[] => {
  const key = `test-${randomUUID()}`;
  return connections.map((redis) => new RateLimiter(redis, key, RPS));
};

/** When each of `count` requests was let go, over both budgets, in ms, ascending. */
async function times(pair: readonly RateLimiter[], count: number): Promise<number[]> {
  const all = Array.from({ length: count }, async (_, n) => {
    await pair[n % 2]?.acquire();
    return performance.now();
  });
  return (await Promise.all(all)).toSorted((a, b) => a - b);
}

describe('Budget', () => {
  it('spaces the requests of two processes evenly, so that no second holds more than the rate', async () => {
    const startedAt = performance.now();
    await times(budgets(), 2 * RPS);
    // With any burst allowed, however it is refilled, twice the rate would go in less.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual((2 * RPS - 1) * (1_000 / RPS));
  });

  it('lets a single request go at once', async () => {
    const [budget] = budgets();
    const startedAt = performance.now();
    await budget?.acquire();
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('holds everybody back while paused', async () => {
    const pair = budgets();
    await pair[0]?.pause(700);
    const startedAt = performance.now();
    const [first] = await times(pair, 2);
    expect((first ?? 0) - startedAt).toBeGreaterThanOrEqual(690);
  });

  it('is not shortened by a shorter pause', async () => {
    const pair = budgets();
    await pair[0]?.pause(700);
    await pair[1]?.pause(1);
    const startedAt = performance.now();
    await pair[1]?.acquire();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(650);
  });
});
