import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { Sessions, csrfTokenOf, isCsrfTokenOf, newSessionId } from './sessions';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let now = 0;
const prefix = `test-${randomUUID()}`;
const sessions = new Sessions(redis, prefix, () => now);
const HOUR_MS = 3_600_000;

test('a session ends with its time, with the password it began by, and with its user', async () => {
  const id = await sessions.create('ada', 'hash');
  expect(await sessions.read(id, () => 'hash')).toBe('ada');
  expect(await sessions.read(id, () => 'another hash')).toBeUndefined();
  expect(await sessions.read(id, () => undefined)).toBeUndefined();
  now += 12 * HOUR_MS + 1;
  expect(await sessions.read(id, () => 'hash')).toBeUndefined();
  expect(await sessions.read(newSessionId(), () => 'hash')).toBeUndefined();
});

test('Redis does not have the id, and forgets a session that is not used', async () => {
  const id = await sessions.create('ada', 'hash');
  const keys = await redis.keys(`${prefix}:console:session:*`);
  expect(JSON.stringify([keys, await redis.mget(keys)])).not.toContain(id);
  for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(0);
});

test('a damaged session is none', async () => {
  const id = await sessions.create('ada', 'hash');
  for (const key of await redis.keys(`${prefix}:console:session:*`)) await redis.set(key, '{broken');
  expect(await sessions.read(id, () => 'hash')).toBeUndefined();
});

test('a notice is shown once, to its session', async () => {
  const [one, other] = [newSessionId(), newSessionId()];
  await sessions.notify(one, 'done');
  expect(await sessions.takeNotice(other)).toBeUndefined();
  expect(await sessions.takeNotice(one)).toBe('done');
  expect(await sessions.takeNotice(one)).toBeUndefined();
});

test('a token is of one session alone', () => {
  const [one, other] = [newSessionId(), newSessionId()];
  expect(isCsrfTokenOf(one, csrfTokenOf(one))).toBe(true);
  for (const token of [csrfTokenOf(other), '', 'x', `${csrfTokenOf(one)}x`]) {
    expect(isCsrfTokenOf(one, token)).toBe(false);
  }
});
