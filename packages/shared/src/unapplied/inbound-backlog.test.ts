import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { enqueueInbound } from '../queues/enqueue-inbound';
import { PRIORITY } from '../queues/lane';
import { closeQueues, openQueues, type Queues } from '../queues/queues';
import { stop } from '../test-support/stops';
import { InboundBacklog } from './inbound-backlog';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

const NOW = 1_000_000;
const workspaceOf = (account: string) => ({ AC1: 'one', AC2: 'two' })[account];

describe('the backlog of inbound events', () => {
  let queues: Queues;
  let backlog: InboundBacklog;
  let recorded: Set<string>;
  beforeEach(() => {
    queues = openQueues(redis, `test-${randomUUID()}`);
    recorded = new Set();
    const index = { includes: ({ phone }: Subject) => Promise.resolve(recorded.has(phone)) };
    backlog = new InboundBacklog(redis, queues.inbound, workspaceOf, index);
  });
  afterEach(() => closeQueues(queues));
  const read = (until = Infinity) => backlog.read(NOW, until);
  const enqueue = (n: number, changes: Parameters<typeof stop>[1]) =>
    enqueueInbound(queues, stop(n, changes));

  it('counts live opt-outs by workspace, with the late ones and the oldest', async () => {
    await enqueue(1, { receivedAt: NOW - 1_000 });
    await enqueue(2, { receivedAt: NOW - 61_000 });
    await enqueue(3, { receivedAt: NOW - 90_000, accountSid: 'AC2' });
    const { liveStops } = await read();
    expect(liveStops.get('one')).toEqual({ count: 2, late: 1, oldest: NOW - 61_000 });
    expect(liveStops.get('two')).toEqual({ count: 1, late: 1, oldest: NOW - 90_000 });
  });

  it('counts no START, no backfill and no replay', async () => {
    await enqueue(1, { receivedAt: 1, kind: 'start' });
    await enqueue(2, { receivedAt: 1, source: 'backfill' });
    await enqueueInbound(queues, stop(3, { receivedAt: 1 }), { lane: 'background', run: 'r1' });
    expect((await read()).liveStops.size).toBe(0);
  });

  it('counts the jobs that wait for their next attempt, but none in the background', async () => {
    const delayed = (jobId: string, receivedAt: number, priority: number) =>
      queues.inbound.add('stop', { payload: stop(1, { receivedAt }) } as never, {
        jobId,
        delay: 60_000,
        priority,
      });
    await delayed('a', NOW - 5, PRIORITY.live);
    await delayed('b', NOW - 9, PRIORITY.background);
    expect((await read()).liveStops.get('one')).toEqual({ count: 1, late: 0, oldest: NOW - 5 });
  });

  it('counts each event of a job that holds several', async () => {
    const events = [1, 2, 3].map((n) => stop(n, { receivedAt: NOW - n * 30_000 }));
    await queues.inbound.add('events', { payload: { version: 2, events } } as never, { jobId: 'batch' });
    expect((await read()).liveStops.get('one')).toEqual({ count: 3, late: 1, oldest: NOW - 90_000 });
  });

  it('counts an opt-out of a running job until it is recorded', async () => {
    const [first, second] = [stop(1, { receivedAt: NOW }), stop(2, { receivedAt: NOW })];
    await enqueueInbound(queues, first);
    await redis.rpoplpush(queues.inbound.toKey('wait'), queues.inbound.toKey('active'));
    await enqueueInbound(queues, second);
    expect((await read()).liveStops.get('one')?.count).toBe(2);
    recorded = new Set([first.phone, second.phone]);
    expect((await read()).liveStops.get('one')?.count).toBe(1);
  });

  it('counts the events of accounts that are not configured apart', async () => {
    await enqueue(1, { accountSid: 'AC3' });
    await enqueue(2, { receivedAt: NOW });
    const { liveStops, unassigned } = await read();
    expect([unassigned, liveStops.get('one')?.count]).toEqual([1, 1]);
  });

  it('forgets a job that has ended, and reads each job once', async () => {
    await enqueue(1, { receivedAt: 1 });
    await enqueue(2, { receivedAt: 2 });
    const reads = jest.spyOn(redis, 'hmget');
    await read();
    await read();
    expect(reads).toHaveBeenCalledTimes(2);
    reads.mockRestore();
    const [first] = await queues.inbound.getJobs(['waiting'], 0, 0, true);
    await first?.remove();
    expect((await read()).liveStops.get('one')).toMatchObject({ count: 1, oldest: 2 });
  });

  it('takes the jobs that it had no time to read for the average of the others', async () => {
    await queues.inbound.addBulk(
      Array.from({ length: 1_000 }, (_, n) => ({
        name: 'stop',
        data: { payload: stop(n, { receivedAt: NOW - n }) } as never,
        opts: { jobId: `j${String(n)}` },
      })),
    );
    const clock = jest
      .spyOn(performance, 'now')
      .mockReturnValueOnce(0)
      .mockReturnValueOnce(0)
      .mockReturnValue(2);
    const { liveStops } = await read(1);
    clock.mockRestore();
    expect(liveStops.get('one')).toMatchObject({ count: 1_000, oldest: NOW - 399 });
    expect((await read()).liveStops.get('one')).toMatchObject({ count: 1_000, oldest: NOW - 999 });
  });
});
