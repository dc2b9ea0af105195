import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { processInfo } from '../process/process-info';
import { waitFor } from '../process/wait-for';
import { serverPid } from './ping';
import { provideRedis } from './provide-redis';
import type { ProvidedRedis, RedisOptions } from './provided-redis';

const log = () => undefined;
const started: ProvidedRedis[] = [];
afterEach(() => Promise.all(started.splice(0).map((redis) => redis.stop())));

async function start(options: Partial<RedisOptions> = {}): Promise<ProvidedRedis> {
  const redis = await provideRedis({ log, ...options });
  started.push(redis);
  return redis;
}

async function ask<T>({ url }: ProvidedRedis, commands: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { maxRetriesPerRequest: 3 });
  try {
    return await commands(redis);
  } finally {
    redis.disconnect();
  }
}

test('the server has an append-only file, evicts nothing and listens on 127.0.0.1 only', async () => {
  const redis = await start();
  const settings = await ask(redis, (client) =>
    client.config('GET', 'appendonly', 'maxmemory-policy', 'bind'),
  );
  expect(settings).toEqual(
    expect.arrayContaining(['appendonly', 'yes', 'maxmemory-policy', 'noeviction', 'bind', '127.0.0.1']),
  );
});

test('a write acknowledged over a second ago survives SIGKILL and restart, at the same address', async () => {
  const redis = await start();
  await ask(redis, async (client) => {
    await client.set('key', 'value');
    // WAITAOF is newer than the oldest supported Redis: wait for the append-only file's pending-fsync flag.
    await waitFor(async () => (await client.info('persistence')).includes('aof_pending_bio_fsync:0'), {
      what: 'the fsync',
    });
  });
  const { url, pid } = redis;
  await redis.kill('SIGKILL');
  await redis.restart();
  expect(redis.url).toBe(url);
  expect(redis.pid).not.toBe(pid);
  expect(await ask(redis, (client) => client.get('key'))).toBe('value');
});

test('a server that is stopped with SIGSTOP does not respond until SIGCONT', async () => {
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

test('a given folder stays, a scratch folder is removed with the server', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  const given = await start({ dir });
  const scratch = await start();
  const [, folder = ''] = await ask(scratch, (client) => client.config('GET', 'dir'));
  expect(existsSync(folder)).toBe(true);
  await scratch.stop();
  await given.stop();
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(join(dir, 'appendonlydir'))).toBe(true);
  await rm(dir, { recursive: true });
});

test("a port that is taken is an error, not another program's Redis", async () => {
  const first = await start();
  await expect(start({ port: Number(new URL(first.url).port) })).rejects.toThrow(/in use/i);
});

test('a Redis given by URL is used, but neither stopped nor restarted', async () => {
  const theirs = await start();
  const given = await provideRedis({ log, url: theirs.url });
  expect(given).toMatchObject({ provider: 'url', url: theirs.url });
  await given.stop();
  await expect(given.kill('SIGKILL')).rejects.toThrow('only its owner');
  expect(await ask(theirs, (client) => client.ping())).toBe('PONG');
});

test('a URL without a server is an error, and nothing else is tried', async () => {
  const gone = await start();
  await gone.stop();
  await expect(provideRedis({ log, url: gone.url })).rejects.toThrow('does not answer');
});

describe('a protected server', () => {
  const withoutPassword = (url: string): string => {
    const open = new URL(url);
    open.password = '';
    return open.href;
  };

  test('takes nobody without the password, which is in its URL, in no command line and in a file of its owner', async () => {
    const redis = await start({ protect: true });
    const { password } = new URL(redis.url);
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    await expect(serverPid(withoutPassword(redis.url))).rejects.toThrow('NOAUTH');
    const [, folder = ''] = await ask(redis, (client) => client.config('GET', 'dir'));
    const file = join(folder, 'password.conf');
    expect(await readFile(file, 'utf8')).toBe(`requirepass ${password}\n`);
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    const { args } = processInfo(redis.pid ?? 0) ?? {};
    expect(args).toContain('redis-server');
    expect(args).not.toContain(password);
  });

  test('keeps its password over a restart and over a new start in the same folder', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
    const first = await start({ protect: true, dir });
    await first.kill('SIGKILL');
    await first.restart();
    expect(await ask(first, (client) => client.ping())).toBe('PONG');
    await first.stop();
    const second = await start({ protect: true, dir });
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    await second.stop();
    await rm(dir, { recursive: true });
  });

  test('refuses a password file that is a link, whose target keeps its rights and its content', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
    const elsewhere = join(dir, 'elsewhere');
    await writeFile(elsewhere, `requirepass ${'0'.repeat(64)}\n`, { mode: 0o644 });
    const home = join(dir, 'redis');
    await mkdir(home);
    await symlink(elsewhere, join(home, 'password.conf'));
    await expect(start({ protect: true, dir: home })).rejects.toThrow('password.conf is a link; remove it');
    expect((await stat(elsewhere)).mode & 0o777).toBe(0o644);
    await rm(dir, { recursive: true });
  });

  test.each([`requirepass ${'0'.repeat(64)}\n`, 'requirepass short\n'])(
    'takes the rights of others from a password file that is %j',
    async (text) => {
      const dir = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
      const file = join(dir, 'password.conf');
      await writeFile(file, text, { mode: 0o644 });
      const redis = await start({ protect: true, dir });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(file, 'utf8')).toBe(`requirepass ${new URL(redis.url).password}\n`);
      await redis.stop();
      await rm(dir, { recursive: true });
    },
  );

  test('has the data of a folder that had no password', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
    const before = await start({ dir });
    await ask(before, (client) => client.set('key', 'value'));
    await before.stop();
    const after = await start({ protect: true, dir });
    expect(await ask(after, (client) => client.get('key'))).toBe('value');
    await after.stop();
    await rm(dir, { recursive: true });
  });
});
