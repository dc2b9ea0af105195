import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { registerLastSuccess, storeSuccess } from './last-success';
import { createRegistry } from './registry';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => {
  redis.disconnect();
});

test('the last success of a command shows in the metrics of another process, and 0 before the first', async () => {
  const prefix = `test-${randomUUID()}`;
  const registry = createRegistry('worker');
  registerLastSuccess(registry, redis, prefix);
  const sample = async () => (await registry.metrics()).match(/^optout_last_success.*$/gm);
  expect(await sample()).toEqual([
    'optout_last_success_timestamp_seconds{command="backfill",service="worker"} 0',
  ]);
  await storeSuccess(redis, prefix, 'backfill', 1_700_000_000_500);
  expect(await sample()).toEqual([
    'optout_last_success_timestamp_seconds{command="backfill",service="worker"} 1700000000.5',
  ]);
});
