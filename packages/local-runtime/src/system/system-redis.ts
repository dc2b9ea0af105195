import type { Plan } from '../config/plan';
import { FOLDERS } from '../config/folders';
import { provideRedis } from '../redis/provide-redis';
import type { ProvidedRedis } from '../redis/provided-redis';
import type { Part } from '../supervisor/supervised';

/** Whether the data of the Redis that we start is kept: on real accounts, unless a Redis is configured. */
export function keepsData({ mode, config }: Plan): boolean {
  return mode === 'real' && config.redisUrl === undefined;
}

/** Provides the Redis of a system; undefined where sentinels or a cluster are configured. */
export async function provideSystemRedis(
  plan: Plan,
  say: (line: string) => void,
  onLog: (line: string) => void,
  mayInstall: boolean,
): Promise<ProvidedRedis | undefined> {
  const { config } = plan;
  if (config.redisMode !== 'standalone') return undefined;
  const dir = keepsData(plan) ? FOLDERS.redis : undefined;
  return provideRedis({ url: config.redisUrl, dir, log: say, onLog, protect: true, mayInstall });
}

/** The Redis server of this moment as a part to supervise; undefined where we did not start it. */
export function redisPart(redis: ProvidedRedis): Part | undefined {
  const { pid, exited } = redis;
  return exited && { pid, exited, logs: () => redis.logs(), stop: () => redis.stop() };
}
