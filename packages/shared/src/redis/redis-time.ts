import type { Redis } from 'ioredis';

/** Returns Redis' time in ms since 1970, to the microsecond: the clock that all processes of a system share. */
export async function redisTime(redis: Pick<Redis, 'time'>): Promise<number> {
  const [seconds, microseconds] = (await redis.time()).map(Number);
  return (seconds ?? 0) * 1_000 + (microseconds ?? 0) / 1_000;
}
