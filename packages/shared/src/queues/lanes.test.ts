import { randomUUID } from 'node:crypto';
import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import { phone, stop } from '../test-support/stops';
import { enqueueInbound, enqueueInboundBatch, enqueueSync } from './enqueue';
import type { SyncRequest } from './jobs';
import { laneOfJob } from './lane';
import { closeQueues, openQueues, type JobData, type Queues } from './queues';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

const background = { lane: 'background' } as const;
const event = (n: number, source = 'webhook'): InboundEvent => stop(n, { source });
const request = (n: number): SyncRequest => ({
  version: 1,
  workspace: 'default',
  channel: 'sms',
  phone: event(n).phone,
});

type SyncJob = Job<JobData<SyncRequest>>;

describe('live traffic', () => {
  let prefix: string;
  let queues: Queues;
  let consumer: Worker<JobData<unknown>>;
  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
    queues = openQueues(redis, prefix);
  });
  afterEach(async () => {
    await consumer.close();
    await closeQueues(queues);
  });

  /** Fetches jobs one by one, in the order in which a worker would. */
  function take(queue: string): () => Promise<SyncJob> {
    consumer = new Worker(queue, null, { connection: redis, prefix });
    return async () => (await consumer.getNextJob('token', { block: false })) as unknown as SyncJob;
  }
  const order = async (next: () => Promise<SyncJob>, count: number): Promise<string[]> => {
    const phones: string[] = [];
    for (let n = 0; n < count; n++) phones.push((await next()).data.payload.phone);
    return phones;
  };

  it('is recorded before replays and backfills', async () => {
    await enqueueInbound(queues, event(1), { ...background, run: 'run-1' });
    await enqueueInbound(queues, event(2, 'backfill'));
    await enqueueInboundBatch(queues, [event(3, 'backfill'), event(4)]);
    await enqueueInbound(queues, event(5));
    const next = take('inbound-events');
    expect(await order(next, 5)).toEqual([4, 5, 1, 2, 3].map(phone));
  });

  it('does not wait behind a replay of the same message', async () => {
    await enqueueInbound(queues, event(1), { ...background, run: 'run-1' });
    await enqueueInbound(queues, event(2), { ...background, run: 'run-1' });
    await enqueueInbound(queues, event(2));
    expect((await order(take('inbound-events'), 1))[0]).toBe(phone(2));
  });

  it('is synced first, even when a replay has already requested the sync of its phone', async () => {
    for (const n of [1, 2, 3]) await enqueueSync(queues, request(n), background);
    await enqueueSync(queues, request(4));
    await enqueueSync(queues, request(3));
    await enqueueSync(queues, request(4), background);
    expect(await order(take('customerio-sync'), 4)).toEqual([4, 3, 1, 2].map(phone));
    expect(await queues.shards[0].syncOf('default').count()).toBe(0);
  });

  it('does not lose its place to later live traffic of the same phone', async () => {
    for (const n of [1, 2, 1]) await enqueueSync(queues, request(n));
    expect(await order(take('customerio-sync'), 2)).toEqual([1, 2].map(phone));
  });

  it('raises a sync that waits for its next attempt', async () => {
    await enqueueSync(queues, request(1), background);
    const next = take('customerio-sync');
    const failing = await next();
    await failing.moveToDelayed(Date.now() + 60_000, 'token');
    await enqueueSync(queues, request(1));
    await enqueueSync(queues, request(2), background);
    const delayed = await queues.shards[0].syncOf('default').getJob(failing.id ?? '');
    await delayed?.promote();
    expect((await next()).id).toBe(failing.id);
  });

  it('owns the sync after the running one, whichever request is last', async () => {
    await enqueueSync(queues, request(1), background);
    const next = take('customerio-sync');
    const running = await next();
    await enqueueSync(queues, request(1), background);
    await enqueueSync(queues, request(1));
    await enqueueSync(queues, request(1), background);
    await enqueueSync(queues, request(2), background);
    await running.moveToCompleted('done', 'token', false);
    const following = await next();
    expect(following.data.payload.phone).toBe(phone(1));
    expect(laneOfJob(following)).toBe('live');
    expect((await next()).data.payload.phone).toBe(phone(2));
  });
});
