import { serverPid } from './ping';
import type { ProvidedRedis, RedisOptions } from './provided-redis';

/**
 * An existing Redis, which we neither start nor stop.
 *
 * @throws {Error} when it does not answer
 */
export async function givenRedis(url: string, log: RedisOptions['log']): Promise<ProvidedRedis> {
  await serverPid(url).catch((error: unknown) => {
    throw new Error(`the Redis given by URL does not answer: ${(error as Error).message}`, { cause: error });
  });
  log('redis: using the one given by URL');
  const notOurs = () =>
    Promise.reject(new Error('this Redis was given by URL: only its owner may stop or restart it'));
  return {
    url,
    provider: 'url',
    pid: undefined,
    exited: undefined,
    logs: () => [],
    stop: () => Promise.resolve(),
    kill: notOurs,
    restart: notOurs,
  };
}
