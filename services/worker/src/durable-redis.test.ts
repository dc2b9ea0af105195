import { Redis } from 'ioredis';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import { provideRedis } from '@optout-sync/testkit';
import { ConfigError } from '@optout-sync/shared/config';
import { startHarness } from './test-support/worker-harness';

describe('a worker on a Redis that may lose jobs', () => {
  let server: ProvidedRedis;
  let redis: Redis;

  beforeAll(async () => {
    // BullMQ warns of it too, on the console.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    server = await provideRedis({ log: () => undefined });
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await redis.quit();
    await server.stop();
  });
  afterEach(async () => {
    await redis.config('SET', 'appendonly', 'yes', 'maxmemory-policy', 'noeviction');
  });

  async function logOfStart(env: Record<string, string> = {}): Promise<string> {
    const harness = await startHarness({ env: { REDIS_URL: server.url, ...env } });
    await harness.stop();
    return harness.logLines.join('');
  }

  it('logs nothing about a durable Redis', async () => {
    expect(await logOfStart({ REQUIRE_DURABLE_REDIS: 'true' })).not.toMatch(/redis_(not_)?durab/);
  });

  it.each([
    ['appendonly', 'no', /append-only file is off/],
    ['maxmemory-policy', 'allkeys-lru', /allkeys-lru/],
  ])('warns of %s %s, and refuses to start where durability is required', async (name, value, fault) => {
    await redis.config('SET', name, value);
    expect(await logOfStart()).toMatch(fault);
    const rejection: unknown = await logOfStart({ REQUIRE_DURABLE_REDIS: 'true' }).catch(
      (error: unknown) => error,
    );
    expect(rejection).toBeInstanceOf(ConfigError);
    expect((rejection as ConfigError).errors.join()).toMatch(fault);
  });

  it('starts and warns where durability cannot be assessed', async () => {
    await redis.acl('SETUSER', 'guest', 'on', 'nopass', '~*', '&*', '+@all', '-config');
    const url = server.url.replace('redis://', 'redis://guest:x@');
    expect(await logOfStart({ REDIS_URL: url, REQUIRE_DURABLE_REDIS: 'true' })).toMatch(
      /redis_durability_unknown/,
    );
  });
});
