import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiter, type SlotClass } from '../rate-limiter';

/** Requests a second. */
export const RPS = 40;
export const BACKGROUND = { lane: 'background' } as const;

/** The rate limiters of two workers that share one key, each on its connection. */
export function pairOn(connections: readonly Redis[]): RateLimiter[] {
  const key = `test-${randomUUID()}`;
  return connections.map((redis) => new RateLimiter(redis, key, RPS));
}

/** Takes slots of a class one after another until `stop` is called, over both workers. */
export function takeSlots(limiters: readonly RateLimiter[], slotClass: SlotClass) {
  const taken: number[] = [];
  let stopped = false;
  const loops = limiters.flatMap((limiter) =>
    [0, 1].map(async () => {
      while (!stopped) {
        await limiter.acquire(slotClass);
        taken.push(performance.now());
      }
    }),
  );
  return {
    taken,
    stop: async () => {
      stopped = true;
      await Promise.all(loops);
    },
  };
}
