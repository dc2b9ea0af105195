import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { enqueueRawBatch } from '../queues/enqueue-raw-batch';
import { closeQueues, openQueues, type Queues } from '../queues/queues';
import { packRawBatch } from '../queues/raw-batch';
import { RawBatchBacklog } from './raw-batch-backlog';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => {
  redis.disconnect();
});

const NOW = 1_000_000;
const workspaceOf = (account: string) => ({ AC1: 'one', AC2: 'two', AC3: 'two' })[account];

describe('the large batches that wait to be parsed', () => {
  let queues: Queues;
  let backlog: RawBatchBacklog;
  beforeEach(() => {
    queues = openQueues(redis, `test-${randomUUID()}`);
    backlog = new RawBatchBacklog(redis, queues.batches, workspaceOf);
  });
  afterEach(() => closeQueues(queues));
  const enqueue = async (n: number, receivedAt: number, signedBy: string[]) => {
    const text = Buffer.from(randomUUID().repeat(10_000));
    const settings = { keywords: {} as never, blockedSends: {} as never };
    const id = String(n).repeat(64);
    await enqueueRawBatch(queues, await packRawBatch(text, { id, receivedAt, signedBy, ...settings }));
  };

  it('count as one opt-out of each workspace whose account signed them, with their time', async () => {
    await enqueue(1, NOW - 61_000, ['AC1', 'AC2', 'AC3']);
    await enqueue(2, NOW - 5_000, ['AC2']);
    const counts = await backlog.read(NOW);
    expect(counts.get('one')).toEqual({ count: 1, late: 1, oldest: NOW - 61_000 });
    expect(counts.get('two')).toEqual({ count: 2, late: 1, oldest: NOW - 61_000 });
  });

  it('count while they are parsed, and no longer once they are', async () => {
    await enqueue(1, NOW, ['AC1']);
    await redis.rpoplpush(queues.batches.toKey('wait'), queues.batches.toKey('active'));
    expect((await backlog.read(NOW)).get('one')).toEqual({ count: 1, late: 0, oldest: NOW });
    await redis.del(queues.batches.toKey('active'));
    expect((await backlog.read(NOW)).size).toBe(0);
  });

  it('cost no more than their beginning, once', async () => {
    await enqueue(1, NOW, ['AC1']);
    const evals = jest.spyOn(redis, 'eval');
    await backlog.read(NOW);
    await backlog.read(NOW);
    expect(evals).toHaveBeenCalledTimes(1);
    expect(String(await evals.mock.results[0]?.value).length).toBeLessThanOrEqual(4_096);
    evals.mockRestore();
  });
});
