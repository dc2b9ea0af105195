import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { stop } from '../test-support/stops';
import { enqueueInbound, enqueueInboundBatch, enqueueSync } from './enqueue';
import { closeQueues, openQueues, type Queues } from './queues';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
const opened: Queues[] = [];
const open = (prefix: string, shards: number): Queues => {
  const queues = openQueues(redis, prefix, { shards });
  opened.push(queues);
  return queues;
};
afterAll(async () => {
  await Promise.all(opened.map(closeQueues));
  redis.disconnect();
});

const events = Array.from({ length: 30 }, (_, n) => stop(1_000 + n));

const phonesIn = (queues: Queues): Promise<string[][]> =>
  Promise.all(
    queues.shards.map(async ({ inbound }) =>
      (await inbound.getJobs(['waiting'])).map(({ data }) => String(data.payload.phone)).sort(),
    ),
  );
const expected = (queues: Queues): string[][] =>
  queues.shards.map((shard) =>
    events.filter(({ phone }) => queues.shardOf(phone) === shard).map(({ phone }) => String(phone)),
  );

describe('queues of several shards', () => {
  it('put all jobs of a phone on one shard: single, in a batch, and its syncs', async () => {
    const queues = open(`test-${randomUUID()}`, 3);
    await enqueueInboundBatch(queues, events.slice(0, 20));
    for (const event of events.slice(10)) await enqueueInbound(queues, event);
    expect(await phonesIn(queues)).toEqual(expected(queues));
    expect(expected(queues).filter((phones) => phones.length === 0)).toEqual([]);

    for (const { phone } of events) {
      const request = { version: 1, workspace: 'default', channel: 'sms', phone } as const;
      await enqueueSync(queues, request);
      await enqueueSync(queues, request);
    }
    const syncs = await Promise.all(
      queues.shards.map(async ({ syncOf }) =>
        (await syncOf('default').getJobs(['waiting'])).map(({ data }) => String(data.payload.phone)).sort(),
      ),
    );
    expect(syncs).toEqual(expected(queues));
  });

  it('are found by a process with fewer shards, and with one shard are the only one', async () => {
    const prefix = `test-${randomUUID()}`;
    const one = open(prefix, 1);
    expect(await one.discoverShards()).toEqual([one.shards[0]]);
    const five = open(prefix, 5);
    await Promise.all(five.shards.map(({ inbound }) => inbound.waitUntilReady()));
    await enqueueInboundBatch(five, events);
    const found = await one.discoverShards();
    expect(found.map(({ inbound }) => inbound.opts.prefix)).toEqual(
      five.shards.map(({ inbound }) => inbound.opts.prefix),
    );
    expect(await one.discoverShards()).toEqual(found);
    expect((await Promise.all(found.map(({ inbound }) => inbound.count()))).reduce((a, b) => a + b)).toBe(30);
  });
});
