import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { closeQueues, enqueueInboundBatch, openQueues } from '@optout-sync/shared/queues';
import { inboundEvent, startHarness } from './test-support/worker-harness';

const phones = Array.from({ length: 60 }, (_, n) => `+1415558${String(1_000 + n)}`);
const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

const beforeStart = (sandbox: CustomerIoSandbox): void => {
  for (const phone of phones) sandbox.workspace().addPerson({ attributes: { phone } });
};

/** Enqueues a STOP of every phone over `shards` shards. Resolves with how many shards got one. */
async function enqueue(prefix: string, shards: number): Promise<number> {
  const queues = openQueues(redis, prefix, { shards });
  const events = phones.map((phone) => inboundEvent(phone));
  await enqueueInboundBatch(queues, events);
  await closeQueues(queues);
  return new Set(events.map(({ phone }) => queues.shardOf(phone))).size;
}

describe('a worker on several shards', () => {
  it('consumes the jobs of all, and syncs them together', async () => {
    const prefix = `test-${randomUUID()}`;
    const harness = await startHarness({ beforeStart, env: { QUEUE_PREFIX: prefix, QUEUE_SHARDS: '3' } });
    expect(await enqueue(prefix, 3)).toBe(3);
    await harness.settled(...phones);
    expect(phones.flatMap((phone) => harness.attribute(phone))).toEqual(phones.map(() => true));
    const syncs = ['', ':1', ':2'].map((shard) => `${prefix}${shard}:customerio-sync:id`);
    expect(await redis.exists(...syncs)).toBe(3);
    expect(harness.sandbox.requests({ operation: 'search' }).length).toBeLessThan(20);
    await harness.stop();
  });

  it.each([
    ['fewer shards than the jobs that wait are on', 6, '3'],
    ['more shards than the jobs that wait are on', 2, '6'],
  ])('leaves none behind when started with %s', async (_, before, after) => {
    const prefix = `test-${randomUUID()}`;
    expect(await enqueue(prefix, before)).toBe(before);
    const harness = await startHarness({ beforeStart, env: { QUEUE_PREFIX: prefix, QUEUE_SHARDS: after } });
    await harness.settled(...phones);
    await harness.stop();
  });

  it('consumes the jobs of shards that come into use while it runs', async () => {
    const prefix = `test-${randomUUID()}`;
    const harness = await startHarness({ beforeStart, env: { QUEUE_PREFIX: prefix } });
    expect(await enqueue(prefix, 5)).toBe(5);
    await harness.settled(...phones);
    expect(await harness.metric('optout_queue_jobs{queue="inbound-events",state="waiting"')).toBe(0);
    await harness.stop();
  });
});
