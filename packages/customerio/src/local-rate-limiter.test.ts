import { LocalRateLimiter } from './local-rate-limiter';

/** Resolves with how long `work` takes, in ms. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
/** Timers may be early by less than a millisecond each. */
const TOLERANCE_MS = 5;

describe('LocalRateLimiter', () => {
  it('spaces requests evenly, however many ask at once', async () => {
    const limiter = new LocalRateLimiter(50);
    const took = await timeOf(() => Promise.all(Array.from({ length: 6 }, () => limiter.acquire())));
    expect(took).toBeGreaterThanOrEqual(5 * 20 - TOLERANCE_MS);
  });

  it('lets the first request of an idle time go at once', async () => {
    const limiter = new LocalRateLimiter(0.001);
    const slot = await limiter.acquire();
    expect(slot.isFresh()).toBe(true);
  });

  it('lets none go in a pause, and a short pause ends no longer one', async () => {
    const limiter = new LocalRateLimiter(1_000);
    await limiter.pause(100);
    await limiter.pause(1);
    expect(await timeOf(() => limiter.acquire())).toBeGreaterThanOrEqual(100 - TOLERANCE_MS);
  });

  it('ends all waiting when it is stopped', async () => {
    const stop = new AbortController();
    const limiter = new LocalRateLimiter(0.001, stop.signal);
    await limiter.acquire();
    const waiting = limiter.acquire();
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'worker_stopping' });
  });
});
