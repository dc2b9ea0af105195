import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { enqueueInboundBatch } from '../queues/enqueue-inbound';
import { closeQueues, openQueues } from '../queues/queues';
import { stop } from '../test-support/stops';
import { registerQueueGauges } from './queue-gauges';
import { createRegistry } from './registry';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
const queues = openQueues(redis, `test-${randomUUID()}`);
afterAll(async () => {
  await closeQueues(queues);
  redis.disconnect();
});

const events = Array.from({ length: 30 }, (_, n) => stop(1_000 + n));

describe('the queue gauges', () => {
  it('show how many jobs wait and how old the oldest is', async () => {
    // One job.
    await enqueueInboundBatch(queues, events);
    await queues.inbound.add('stop', { payload: events[0] } as never, {
      timestamp: Date.now() - 60_000,
      lifo: true,
    });
    const registry = createRegistry('test');
    registerQueueGauges(registry, queues.opened());
    const lines = (await registry.metrics()).split('\n').filter((line) => line.includes('"inbound-events"'));
    expect(lines.filter((line) => line.includes('state="waiting"'))).toEqual([
      expect.stringMatching(/ 2$/) as string,
    ]);
    const [age, ...more] = lines.filter((line) => line.startsWith('optout_queue_oldest'));
    expect(more).toEqual([]);
    expect(Number(age?.split(' ').at(-1))).toBeGreaterThanOrEqual(60);
  });
});
