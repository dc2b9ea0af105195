import { randomUUID } from 'node:crypto';
import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import { NOW, phone, stop } from '../test-support/stops';
import { enqueueSync, hasLiveSyncNext } from './enqueue';
import { enqueueInbound, enqueueInboundBatch } from './enqueue-inbound';
import { itemsOf } from './inbound-job';
import type { SyncRequest } from './jobs';
import { laneOfJob } from './lane';
import { enqueuePeopleAgain, enqueuePeopleBatch } from './enqueue-people';
import type { PeopleChange } from './people-change';
import type { JobData } from './job-data';
import { closeQueues, openQueues, type Queues } from './queues';

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
    while (phones.length < count) {
      const items = itemsOf((await next()).data);
      phones.push(...items.map(({ raw }) => (raw as { phone: string }).phone));
    }
    return phones;
  };

  it('is recorded before replays, backfills, blocked sends, reassigned numbers and what Customer.io has', async () => {
    await enqueueInbound(queues, event(1), { ...background, run: 'run-1' });
    await enqueueInbound(queues, event(2, 'backfill'));
    await enqueueInboundBatch(queues, [event(3, 'backfill'), event(6, 'status_callback'), event(4)]);
    await enqueueInbound(queues, stop(7, { source: 'event_stream', orderAt: NOW - 1 }));
    await enqueueInbound(queues, stop(8, { source: 'event_stream', reason: 'reassigned' }));
    await enqueueInbound(queues, stop(9, { source: 'manual', reason: 'customerio' }));
    await enqueueInbound(queues, event(5));
    const next = take('inbound-events');
    expect(await order(next, 9)).toEqual([4, 5, 1, 2, 3, 6, 7, 8, 9].map(phone));
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
    expect(await queues.syncOf('default').count()).toBe(0);
  });

  it('does not lose its place to later live traffic of the same phone', async () => {
    for (const n of [1, 2, 1]) await enqueueSync(queues, request(n));
    expect(await order(take('customerio-sync'), 2)).toEqual([1, 2].map(phone));
  });

  it.each(['live', 'background'] as const)(
    'promotes a %s sync that waits for its next attempt, and restarts its attempts',
    async (lane) => {
      await enqueueSync(queues, request(1), { lane, run: 'run-1' });
      const next = take('customerio-sync');
      const failing = await next();
      const failures = [{ at: NOW, code: 'customerio_unavailable' }];
      await failing.updateData({ ...failing.data, failures, transientSince: NOW });
      await failing.moveToDelayed(Date.now() + 60_000, 'token');
      await enqueueSync(queues, request(2), background);
      await enqueueSync(queues, request(1));
      const promoted = await next();
      expect(promoted.id).toBe(failing.id);
      expect(promoted.data).toEqual({ payload: request(1), run: 'run-1' });
      expect(laneOfJob(promoted)).toBe('live');
    },
  );

  it('does not end the delay of a sync for a background request', async () => {
    await enqueueSync(queues, request(1));
    const failing = await take('customerio-sync')();
    await failing.moveToDelayed(Date.now() + 60_000, 'token');
    await enqueueSync(queues, request(1), background);
    expect(await failing.isDelayed()).toBe(true);
  });

  it('is accepted while the sync of its phone becomes active or ends, and leaves no job behind', async () => {
    const next = take('customerio-sync');
    for (let round = 0; round < 30; round++) {
      await enqueueSync(queues, request(1));
      const job = await next();
      await job.moveToDelayed(Date.now() + 60_000, 'token');
      const startAndEnd = async (): Promise<void> => {
        await job.promote().catch(() => undefined);
        const again = (await next()) as SyncJob | undefined;
        await again?.moveToCompleted('done', 'token', false);
      };
      await Promise.all([enqueueSync(queues, request(1)), startAndEnd()]);
      const left = (await next()) as SyncJob | undefined;
      await left?.moveToCompleted('done', 'token', false);
      expect(await queues.syncOf('default').getJobCountByTypes('wait', 'delayed', 'active')).toBe(0);
    }
  });

  it.each(['prompt', 'live'] as const)(
    'and prompt requests go before the background, not before a %s one',
    async (lane) => {
      for (const n of [1, 2, 3]) await enqueueSync(queues, request(n), background);
      await enqueueSync(queues, request(4), { lane });
      await enqueueSync(queues, request(3), { lane: 'prompt' });
      const next = take('customerio-sync');
      const jobs = [await next(), await next(), await next(), await next()];
      expect(jobs.map(({ data }) => data.payload.phone)).toEqual([4, 3, 1, 2].map(phone));
      expect(jobs.map(laneOfJob)).toEqual([lane, 'prompt', 'background', 'background']);
    },
  );

  it('leaves a prompt request behind: such a request takes over a background sync alone, with its attempts', async () => {
    const failures = [{ at: NOW, code: 'customerio_unavailable' }];
    const next = take('customerio-sync');
    const fail = async (lane: 'live' | 'background'): Promise<SyncJob> => {
      await enqueueSync(queues, request(1), { lane });
      const job = await next();
      await job.updateData({ ...job.data, failures, transientSince: NOW });
      await job.moveToDelayed(Date.now() + 60_000, 'token');
      return job;
    };
    const failing = await fail('background');
    await enqueueSync(queues, request(1), { lane: 'prompt' });
    const promoted = await next();
    expect([promoted.id, laneOfJob(promoted), promoted.data.failures]).toEqual([
      failing.id,
      'prompt',
      failures,
    ]);
    await promoted.moveToCompleted('done', 'token', false);
    const live = await fail('live');
    await enqueueSync(queues, request(1), { lane: 'prompt' });
    expect(await live.isDelayed()).toBe(true);
  });

  it('and a prompt request own the sync after the running one, whichever request is last', async () => {
    const next = take('customerio-sync');
    await enqueueSync(queues, request(1), background);
    let running = await next();
    for (const [lanes, expected] of [
      [['background', 'prompt', 'background'], 'prompt'],
      [['prompt', 'live', 'prompt'], 'live'],
    ] as const) {
      for (const lane of lanes) await enqueueSync(queues, request(1), { lane });
      await running.moveToCompleted('done', 'token', false);
      running = await next();
      expect(laneOfJob(running)).toBe(expected);
    }
  });

  it('of changed people goes before their replay, and is enqueued once', async () => {
    const change = (id: string): PeopleChange => ({
      version: 1,
      id,
      workspace: 'default',
      people: [{ phone: event(1).phone }],
    });
    await enqueuePeopleAgain(queues, change('a'), 'run-1');
    await enqueuePeopleBatch(queues, [change('b'), change('c')]);
    await enqueuePeopleBatch(queues, [change('b')]);
    const next = take('people-changes') as unknown as () => Promise<Job<JobData<{ id: string }>>>;
    const ids = [await next(), await next(), await next()].map(({ data }) => data.payload.id);
    expect(ids).toEqual(['b', 'c', 'a']);
    expect(await queues.people.count()).toBe(0);
  });

  it('is seen by the running sync that it follows', async () => {
    await enqueueSync(queues, request(1));
    await take('customerio-sync')();
    expect(await hasLiveSyncNext(queues, request(1))).toBe(false);
    await enqueueSync(queues, request(1), background);
    expect(await hasLiveSyncNext(queues, request(1))).toBe(false);
    await enqueueSync(queues, request(1));
    expect(await hasLiveSyncNext(queues, request(1))).toBe(true);
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
