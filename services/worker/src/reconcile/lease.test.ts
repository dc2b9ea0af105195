import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { Lease } from './lease';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const twoOf = (ms: number): [Lease, Lease] => {
  const key = `test-${randomUUID()}`;
  return [new Lease(redis, key, ms), new Lease(redis, key, ms)];
};

it('is held by the first that asks, and extended by it', async () => {
  const [first, second] = twoOf(60_000);
  expect(await first.hold()).toBe(true);
  expect(await second.hold()).toBe(false);
  expect(await first.hold()).toBe(true);
});

it('is free once its owner releases it, and only then', async () => {
  const [first, second] = twoOf(60_000);
  await first.hold();
  await second.release();
  expect(await second.hold()).toBe(false);
  await first.release();
  expect(await second.hold()).toBe(true);
});

it('is taken over once its owner no longer extends it', async () => {
  const [first, second] = twoOf(100);
  await first.hold();
  await waitFor(() => second.hold(), { what: 'the lease' });
  expect(await first.hold()).toBe(false);
});
