import { findServer } from './find-server';
import { givenRedis } from './given-redis';
import { installServer } from './install-server';
import { privateRedis } from './private-redis';
import type { ProvidedRedis, RedisOptions } from './provided-redis';

const ADVICE = [
  'No Redis to run with. Any one of these will do:',
  '  - install redis-server or valkey-server (6.2 or newer) so that it is on PATH',
  '  - start Docker',
  '  - set REDIS_URL (for tests: TEST_REDIS_URL) to a Redis you have, e.g. redis://127.0.0.1:6379',
].join('\n');

/**
 * A Redis with an append-only file, from the first of these that works: the URL given, a server on
 * PATH started privately, Docker, a server installed through the system's package manager.
 *
 * @throws Error saying what to do when there is no way to get one.
 */
export async function provideRedis(options: RedisOptions): Promise<ProvidedRedis> {
  if (options.url) return givenRedis(options.url, options.log);
  const onPath = await findServer(options.log);
  if (onPath) return privateRedis(onPath, 'path', options);
  const inDocker = await options.docker?.(options);
  if (inDocker) return inDocker;
  const installed = await installServer(options.log);
  if (installed) return privateRedis(installed, 'installed', options);
  throw new Error(ADVICE);
}
