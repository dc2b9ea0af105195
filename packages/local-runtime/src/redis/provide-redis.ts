import { refusedInstallation } from '../install/package-manager';
import { freePort } from '../process/free-port';
import { dockerRedis } from './docker-redis';
import { findServer } from './find-server';
import { givenRedis } from './given-redis';
import { REDIS_INSTALLATIONS, installServer } from './install-server';
import { privateRedis } from './private-redis';
import type { DockerProvider, ProvidedRedis, RedisOptions } from './provided-redis';
import { serverArguments } from './server-process';

const IMAGE = 'redis:8-alpine';

const ADVICE = [
  'No Redis is available. Any one of these helps:',
  '  - install redis-server or valkey-server (6.2 or newer) so that it is on PATH',
  '  - start Docker',
  '  - set REDIS_URL (for tests: TEST_REDIS_URL) to an existing Redis, e.g. redis://127.0.0.1:6379',
].join('\n');

/**
 * Provides a Redis with an append-only file, from the first of these that works: the given URL, a server on PATH started
 * privately, Docker, a server installed through the system's package manager.
 *
 * @throws {Error} when the given URL does not answer, or with advice when no Redis can be provided
 */
export async function provideRedis(
  options: RedisOptions,
  docker: DockerProvider = dockerRedis,
): Promise<ProvidedRedis> {
  const { log, onLog, url, dir, port, protect, mayInstall = true } = options;
  if (url) return givenRedis(url, log);
  const onPath = findServer(log);
  if (onPath) return privateRedis(onPath, 'path', options);
  const container = {
    image: IMAGE,
    args: serverArguments({}),
    dir,
    log,
    onLog,
    protect,
    mayPull: mayInstall,
    port: port ?? (await freePort()),
  };
  const inDocker = await docker(container);
  if (inDocker) return inDocker;
  if (!mayInstall) throw new Error(`${ADVICE}\n${refusedInstallation(REDIS_INSTALLATIONS)}`);
  const installed = await installServer(log);
  if (installed) return privateRedis(installed, 'installed', options);
  throw new Error(ADVICE);
}
