import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../process/free-port';
import { waitFor } from '../../process/wait-for';
import { dockerRedis } from '../docker-redis';
import { queried } from '../ping';
import type { ProvidedRedis } from '../provided-redis';
import { serverArguments } from '../server-process';

jest.setTimeout(60_000);

const IMAGE = process.env.CONTAINERS_REDIS_IMAGE ?? '';

describe('a Redis in a container of the docker client', () => {
  const started: ProvidedRedis[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((redis) => redis.stop()));
  });

  async function start(port: number): Promise<ProvidedRedis | undefined> {
    const args = [...serverArguments({}), '--appendfsync', 'always'];
    const redis = await dockerRedis({ image: IMAGE, args, port, dir: undefined, log: () => undefined });
    if (redis) started.push(redis);
    return redis;
  }

  const containers = () =>
    spawnSync('docker', ['ps', '-aq', '--filter', 'label=optout-sync=local-runtime'], { encoding: 'utf8' })
      .stdout;

  it('can be paused, killed and started again with its data, and is removed at the end', async () => {
    const port = await freePort();
    const redis = (await start(port)) as ProvidedRedis;
    await queried(port, (client) => client.set('key', 'value'));
    await redis.kill('SIGSTOP');
    await expect(queried(port, (client) => client.ping())).rejects.toThrow();
    await redis.kill('SIGCONT');
    await waitFor(() => queried(port, (client) => client.ping()), { what: 'the server to continue' });
    await redis.kill('SIGKILL');
    await redis.restart();
    expect(await queried(port, (client) => client.get('key'))).toBe('value');
    await redis.stop();
    expect(containers()).toBe('');
  });

  it('is not provided on a port that is in use, and leaves no container', async () => {
    const port = await freePort();
    const first = (await start(port)) as ProvidedRedis;
    expect(await start(port)).toBeUndefined();
    await first.stop();
    expect(containers()).toBe('');
  });

  it('ends when its owner is killed with SIGKILL', async () => {
    const port = await freePort();
    const owner = spawn(process.execPath, ['-e', OWNER, String(port)], { stdio: 'inherit' });
    const ping = () => queried(port, (client) => client.ping()).catch(() => 'none');
    await waitFor(async () => (await ping()) === 'PONG', { what: 'the container', timeoutMs: 15_000 });
    owner.kill('SIGKILL');
    await waitFor(() => containers() === '', { what: 'the container to be removed', timeoutMs: 15_000 });
  });
});

const OWNER = `
  const { dockerRedis } = require(${JSON.stringify(join(__dirname, '../../../dist/redis/docker-redis.js'))});
  dockerRedis({ image: '${IMAGE}', args: [], port: Number(process.argv[1]), dir: undefined, log() {} });
  setInterval(() => {}, 1000);`;
