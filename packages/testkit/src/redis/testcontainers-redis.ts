// Types only: jest/global-setup.js loads this file where jest's mapping of our packages to their sources does not apply.
import type { DockerProvider } from '@optout-sync/local-runtime/redis';

/** Starts a Redis in a container that testcontainers' reaper removes even when this process is killed. */
export const testcontainersRedis: DockerProvider = async ({
  image,
  args,
  port,
  dir,
  log,
  mayPull = true,
}) => {
  // It pulls the image, and one of its own, without asking.
  if (!mayPull) return undefined;
  // Loaded on demand: it is large, and most machines never need it.
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  const docker = await getContainerRuntimeClient().catch(() => undefined);
  if (!docker) return undefined;

  log(`redis: starting ${image} in Docker`);
  try {
    const started = await new GenericContainer(image)
      .withExposedPorts({ container: 6379, host: port })
      .withCommand(['redis-server', ...args])
      .withBindMounts(dir === undefined ? [] : [{ source: dir, target: '/data' }])
      .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
      .start();
    const container = docker.container.getById(started.getId());
    let stopped = false;
    return {
      url: `redis://${started.getHost()}:${port}`,
      provider: 'docker',
      pid: undefined,
      exited: undefined,
      logs: () => [],
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
};
