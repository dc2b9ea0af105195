import { Redis } from 'ioredis';
import { freePort } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import { testcontainersRedis } from '../testcontainers-redis';

jest.setTimeout(120_000);

// An image that .ci/images has already; a pull may be impossible.
const IMAGE = process.env.CONTAINERS_REDIS_IMAGE ?? '';
const ARGUMENTS = ['--protected-mode', 'no', '--appendonly', 'yes', '--appendfsync', 'always'];

describe('a Redis in a container of testcontainers', () => {
  let redis: ProvidedRedis | undefined;
  afterEach(() => redis?.stop());

  it('takes connections, and keeps its data when it is killed and started again', async () => {
    const lines: string[] = [];
    redis = await testcontainersRedis({
      image: IMAGE,
      args: ARGUMENTS,
      port: await freePort(),
      dir: undefined,
      log: (line) => lines.push(line),
    });
    if (!redis) throw new Error(lines.join('\n'));
    const client = new Redis(redis.url, { maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    await client.set('key', 'value');
    await redis.kill('SIGKILL');
    await redis.restart();
    expect(await client.get('key')).toBe('value');
    client.disconnect();
  });
});
