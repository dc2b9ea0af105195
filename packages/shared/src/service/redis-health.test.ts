import { Redis } from 'ioredis';
import { RedisHealth } from './redis-health';
import { createRegistry } from './registry';

const options = { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => 10 };

describe('the health of a connection to Redis', () => {
  let redis: Redis;
  let registry: ReturnType<typeof createRegistry>;
  const watch = (url: string) => {
    redis = new Redis(url, options);
    redis.on('error', () => undefined);
    registry = createRegistry('test');
    new RedisHealth(registry, 10).watch('store', redis);
  };
  afterEach(() => {
    jest.restoreAllMocks();
    redis.disconnect();
  });
  const value = async (name: string) =>
    Number(new RegExp(`^${name}\\{.*role="store".*\\} (\\S+)$`, 'm').exec(await registry.metrics())?.[1]);
  const until = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
  };

  it('is 0 before Redis answers, with nothing counted', async () => {
    watch('redis://127.0.0.1:1');
    expect(await value('optout_redis_up')).toBe(0);
    expect(await value('optout_redis_reconnects_total')).toBe(0);
    expect(await value('optout_redis_ping_seconds_count')).toBe(0);
  });

  it('is 1 while it answers, 0 while it hangs, and 1 again', async () => {
    watch(process.env.TEST_REDIS_URL ?? '');
    await redis.connect();
    await until(async () => (await value('optout_redis_up')) === 1);
    expect(await value('optout_redis_ping_seconds_count')).toBeGreaterThan(0);
    const hangs = jest.spyOn(redis, 'ping').mockImplementation(() => new Promise(() => undefined));
    await until(async () => (await value('optout_redis_up')) === 0);
    hangs.mockRestore();
    await until(async () => (await value('optout_redis_up')) === 1);
    expect(await value('optout_redis_reconnects_total')).toBe(0);
  });

  it('counts each time that a lost connection is ready again', async () => {
    watch(process.env.TEST_REDIS_URL ?? '');
    await redis.connect();
    redis.disconnect(true);
    await until(async () => (await value('optout_redis_reconnects_total')) === 1);
    await until(async () => (await value('optout_redis_up')) === 1);
  });
});
