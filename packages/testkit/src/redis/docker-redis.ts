import { freePort } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis, RedisOptions } from '@optout-sync/local-runtime/redis';

const IMAGE = 'redis:8-alpine';
const COMMAND = [
  'redis-server',
  '--appendonly',
  'yes',
  '--appendfsync',
  'everysec',
  '--maxmemory-policy',
  'noeviction',
];

/**
 * A Redis in a container, which testcontainers' reaper removes even when we are killed.
 *
 * @returns undefined when no Docker daemon answers or the container cannot be had (no image, say).
 */
export async function dockerRedis({ log, dir, port }: RedisOptions): Promise<ProvidedRedis | undefined> {
  // Loaded only when it comes to it: it is large, and most machines never need it.
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const docker = await getContainerRuntimeClient().catch(() => undefined);
  if (!docker) return undefined;

  const hostPort = port ?? (await freePort());
  log(`redis: starting ${IMAGE} in Docker`);
  try {
    const started = await new GenericContainer(IMAGE)
      .withExposedPorts({ container: 6379, host: hostPort })
      .withCommand(COMMAND)
      .withBindMounts(dir === undefined ? [] : [{ source: dir, target: '/data' }])
      .start();
    const container = docker.container.getById(started.getId());
    let stopped = false;
    return {
      url: `redis://${started.getHost()}:${hostPort}`,
      provider: 'docker',
      pid: undefined,
      exited: undefined,
      async stop() {
        if (!stopped) await started.stop();
        stopped = true;
      },
      async kill(signal) {
        await container.kill({ signal });
        if (signal === 'SIGKILL') await container.wait({ condition: 'not-running' });
      },
      async restart() {
        const { State } = await container.inspect();
        await (State.Running ? container.restart() : container.start());
      },
    };
  } catch (error) {
    log(`redis: Docker could not provide one: ${(error as Error).message}`);
    return undefined;
  }
}
