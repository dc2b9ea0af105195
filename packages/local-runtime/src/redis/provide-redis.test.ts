import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { waitFor } from '../process/wait-for';
import { provideRedis } from './provide-redis';
import type { ProvidedRedis } from './provided-redis';

const log = () => undefined;
const started: ProvidedRedis[] = [];
afterEach(() => Promise.all(started.splice(0).map((redis) => redis.stop())));

async function start(options: { dir?: string; port?: number } = {}): Promise<ProvidedRedis> {
  const redis = await provideRedis({ log, ...options });
  started.push(redis);
  return redis;
}

async function ask<T>({ url }: ProvidedRedis, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 3 });
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

test('the server keeps an append-only file, evicts nothing and listens on this machine only', async () => {
  const redis = await start();
  const settings = await ask(redis, (client) =>
    client.config('GET', 'appendonly', 'maxmemory-policy', 'bind'),
  );
  expect(settings).toEqual(
    expect.arrayContaining(['appendonly', 'yes', 'maxmemory-policy', 'noeviction', 'bind', '127.0.0.1']),
  );
});

test('what was acknowledged over a second ago survives SIGKILL and restart, at the same address', async () => {
  const redis = await start();
  await ask(redis, async (client) => {
    await client.set('kept', 'yes');
    // WAITAOF is newer than the oldest Redis we take, so wait for the file's own pending-fsync flag.
    await waitFor(async () => (await client.info('persistence')).includes('aof_pending_bio_fsync:0'), {
      what: 'the fsync',
    });
  });
  const { url, pid } = redis;
  await redis.kill('SIGKILL');
  await redis.restart();
  expect(redis.url).toBe(url);
  expect(redis.pid).not.toBe(pid);
  expect(await ask(redis, (client) => client.get('kept'))).toBe('yes');
});

test('a frozen server answers nothing until it is woken', async () => {
  const redis = await start();
  await redis.kill('SIGSTOP');
  const client = new Redis(redis.url, {
    commandTimeout: 200,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  await expect(client.ping()).rejects.toThrow('timed out');
  client.disconnect();
  await redis.kill('SIGCONT');
  expect(await ask(redis, (awake) => awake.ping())).toBe('PONG');
});

test('a folder given is kept, a scratch folder goes with the server', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  const kept = await start({ dir });
  const scratch = await start();
  const [, folder = ''] = await ask(scratch, (client) => client.config('GET', 'dir'));
  expect(existsSync(folder)).toBe(true);
  await scratch.stop();
  await kept.stop();
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(join(dir, 'appendonlydir'))).toBe(true);
  await rm(dir, { recursive: true });
});

test("a port that is taken is an error, not somebody else's Redis", async () => {
  const first = await start();
  await expect(start({ port: Number(new URL(first.url).port) })).rejects.toThrow(/in use/i);
});

test('a Redis given by URL is used, and neither stopped nor restarted', async () => {
  const theirs = await start();
  const given = await provideRedis({ log, url: theirs.url });
  expect(given).toMatchObject({ provider: 'url', url: theirs.url });
  await given.stop();
  await expect(given.kill('SIGKILL')).rejects.toThrow('not ours');
  expect(await ask(theirs, (client) => client.ping())).toBe('PONG');
});

test('a URL where nothing answers is an error, and nothing else is tried', async () => {
  const gone = await start();
  await gone.stop();
  await expect(provideRedis({ log, url: gone.url })).rejects.toThrow('does not answer');
});
