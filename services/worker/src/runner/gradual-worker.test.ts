import { waitFor } from '@optout-sync/local-runtime/process';
import { openQueues, type Queues } from '@optout-sync/shared/queues';
import { connectRedis, untilReady } from '@optout-sync/shared/redis';
import { randomUUID } from 'node:crypto';
import { GradualWorker } from './gradual-worker';

const SLOTS = 100;
const JOBS = 300;

describe('GradualWorker', () => {
  const prefix = `gradual-${randomUUID()}`;
  const config = { mode: 'standalone', prefix, url: process.env.TEST_REDIS_URL ?? '' } as const;
  const connect = () => connectRedis(config, 'worker', () => undefined);
  const [redis, connection] = [connect(), connect()];
  let queues: Queues;
  beforeAll(async () => {
    await untilReady(redis);
    queues = openQueues(redis, prefix);
  });
  afterAll(() => {
    for (const one of [redis, connection]) one.disconnect();
  });

  it('starts jobs of a backlog before it has fetched as many as it has slots, and then takes all its slots', async () => {
    const { replays } = queues;
    const jobs = Array.from({ length: JOBS }, (_, n) => ({
      name: 'replay',
      data: { payload: { run: String(n) } },
    }));
    await replays.addBulk(jobs as never);
    let started = 0;
    const ended: (() => void)[] = [];
    const fetchedAtStart: number[] = [];
    const worker = new GradualWorker(
      replays,
      async () => {
        started += 1;
        fetchedAtStart.push(await replays.getActiveCount());
        await new Promise<void>((resolve) => ended.push(resolve));
        return '';
      },
      { connection, concurrency: SLOTS },
    );
    try {
      await waitFor(() => ended.length === SLOTS, { what: 'jobs in all slots' });
      expect(fetchedAtStart[0]).toBeLessThan(SLOTS / 2);
      expect(started).toBe(SLOTS);
      expect(await replays.getActiveCount()).toBe(SLOTS);
      for (const end of ended.splice(0)) end();
      await waitFor(() => ended.length === SLOTS, { what: 'jobs in all slots again' });
      expect(await replays.getActiveCount()).toBe(SLOTS);
      for (const end of ended.splice(0)) end();
      await waitFor(() => ended.length === SLOTS, { what: 'the rest' });
      for (const end of ended) end();
      await waitFor(async () => (await replays.getActiveCount()) === 0, { what: 'the end' });
      expect(started).toBe(JOBS);
    } finally {
      for (const end of ended) end();
      await worker.close();
    }
  });
});
