import { Redis } from 'ioredis';
import { freePort, waitFor } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import { provideRedis } from '@optout-sync/testkit';
import { ConfigError, type RedisConfig } from '@optout-sync/shared/config';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { runIngest, type RunningIngest } from './test-support/running-ingest';

const config = (url: string, requireDurable: boolean): { redis: RedisConfig } => ({
  redis: { mode: 'standalone', prefix: 'durable-test', url, requireDurable },
});
const stop = () => ({ params: twilioMessage({ OptOutType: 'STOP' }) });
const readyz = async ({ adminUrl }: RunningIngest) => {
  const answer = await fetch(`${adminUrl}/readyz`);
  return `${String(answer.status)} ${await answer.text()}`;
};
const fault = async ({ adminUrl }: RunningIngest, name: string) =>
  (await (await fetch(`${adminUrl}/metrics`)).text()).match(
    new RegExp(`optout_redis_durability_fault\\{fault="${name}".*\\} (\\d)`),
  )?.[1];

describe('ingest on a Redis that may lose acknowledged writes', () => {
  let server: ProvidedRedis;
  let redis: Redis;
  let ingest: RunningIngest | undefined;

  beforeAll(async () => {
    // BullMQ warns as well.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    server = await provideRedis({ log: () => undefined });
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    redis.disconnect();
    await server.stop();
  });
  afterEach(async () => {
    await ingest?.stop();
    ingest = undefined;
    await redis.config('SET', 'appendonly', 'yes', 'appendfsync', 'everysec');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
  });

  it.each([
    ['appendonly', 'no', 'no_append_only_file', /append-only file is off/],
    ['appendfsync', 'no', 'no_fsync', /never fsynced/],
    ['maxmemory-policy', 'allkeys-lru', 'may_evict', /allkeys-lru/],
  ])('warns of %s %s, and does not start when durability is required', async (name, value, metric, words) => {
    await redis.config('SET', name, value);
    ingest = await runIngest(server.url, config(server.url, false));
    expect(ingest.logs.filter((line) => line.includes('redis_not_durable'))).toEqual([
      expect.stringMatching(words),
    ]);
    expect(await fault(ingest, metric)).toBe('1');
    expect((await ingest.send(stop())).status).toBe(200);
    expect(await readyz(ingest)).toMatch(/^200.*Redis takes/);
    await expect(runIngest(server.url, config(server.url, true))).rejects.toThrow(ConfigError);
    await expect(runIngest(server.url, config(server.url, true))).rejects.toThrow(words);
  });

  it('logs nothing about a durable Redis, and warns at the next connection when it is no longer durable', async () => {
    ingest = await runIngest(server.url, config(server.url, false));
    expect(ingest.logs.join('')).not.toContain('durab');
    await redis.config('SET', 'appendonly', 'no');
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await waitFor(() => ingest?.logs.join('').includes('redis_not_durable'), { what: 'the warning' });
    await redis.config('SET', 'appendonly', 'yes');
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await waitFor(() => ingest?.logs.join('').includes('is durable now'), { what: 'the all-clear' });
    expect(await fault(ingest, 'no_append_only_file')).toBe('0');
  });

  it('spools while durability is required and found missing after the start, and drains once Redis is durable', async () => {
    const late = await provideRedis({ log: () => undefined, port: await freePort() });
    await late.kill('SIGKILL');
    ingest = await runIngest(server.url, config(late.url, true));
    expect((await ingest.send(stop())).status).toBe(200);
    await late.restart();
    const admin = new Redis(late.url);
    await admin.config('SET', 'appendonly', 'no');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await waitFor(() => ingest?.logs.join('').includes('redis_not_durable'), { what: 'the error' });

    const spooled = stop();
    expect((await ingest.send(spooled)).status).toBe(200);
    expect(await readyz(ingest)).toMatch(/^200.*spool/);
    const enqueued = async (): Promise<boolean> => {
      const jobs = await admin.keys('durable-test:inbound-events:b*');
      const data = await Promise.all(jobs.map((job) => admin.hget(job, 'data')));
      return data.some((text) => text?.includes(String(spooled.params.MessageSid)));
    };
    expect(await enqueued()).toBe(false);

    await admin.config('SET', 'appendonly', 'yes');
    await waitFor(enqueued, { what: 'the spool to be drained' });
    const running = ingest;
    await waitFor(async () => /^200.*Redis takes/.test(await readyz(running)), { what: 'Redis to be used' });
    await ingest.stop();
    ingest = undefined;
    admin.disconnect();
    await late.stop();
  });
});
