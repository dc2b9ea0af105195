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

  const addBacklog = () =>
    queues.replays.addBulk(
      Array.from({ length: JOBS }, (_, n) => ({
        name: 'replay',
        data: { payload: { run: String(n) } },
      })) as never,
    );

  /** A worker whose jobs end by `endAll`. */
  function startWorker() {
    const running: (() => void)[] = [];
    const fetchedAtStart: number[] = [];
    const worker = new GradualWorker(
      queues.replays,
      async () => {
        fetchedAtStart.push(await queues.replays.getActiveCount());
        await new Promise<void>((resolve) => running.push(resolve));
        return '';
      },
      { connection, concurrency: SLOTS },
    );
    return {
      worker,
      fetchedAtStart,
      allRun: () => waitFor(() => running.length === SLOTS, { what: 'jobs in all slots' }),
      endAll: () => {
        for (const end of running.splice(0)) end();
      },
    };
  }

  const untilIdle = () =>
    waitFor(async () => (await queues.replays.getActiveCount()) === 0, { what: 'the end of the jobs' });

  it('starts jobs of a backlog before it has fetched as many as it has slots, and then takes all its slots', async () => {
    await addBacklog();
    const { worker, fetchedAtStart, allRun, endAll } = startWorker();
    try {
      await allRun();
      expect(fetchedAtStart[0]).toBeLessThan(SLOTS / 2);
      expect(await queues.replays.getActiveCount()).toBe(SLOTS);
      endAll();
      await allRun();
      expect(await queues.replays.getActiveCount()).toBe(SLOTS);
      endAll();
      await allRun();
      endAll();
      await untilIdle();
      expect(fetchedAtStart).toHaveLength(JOBS);
    } finally {
      endAll();
      await worker.close();
    }
  });

  it('does so with the next backlog, too, after it ran out of jobs while all its slots ran one', async () => {
    await addBacklog();
    const { worker, fetchedAtStart, allRun, endAll } = startWorker();
    try {
      for (let round = 0; round < JOBS / SLOTS; round++) {
        await allRun();
        endAll();
      }
      await untilIdle();
      await addBacklog();
      await allRun();
      expect(fetchedAtStart[JOBS]).toBeLessThan(SLOTS / 2);
    } finally {
      endAll();
      await worker.close();
      await queues.replays.obliterate({ force: true });
    }
  });

  it('does so with a backlog that it is resumed on', async () => {
    await addBacklog();
    const { worker, fetchedAtStart, allRun, endAll } = startWorker();
    try {
      await allRun();
      await worker.pause(true);
      endAll();
      await untilIdle();
      await worker.resume();
      await allRun();
      expect(fetchedAtStart[SLOTS]).toBeLessThan(SLOTS / 2);
    } finally {
      endAll();
      await worker.close();
      await queues.replays.obliterate({ force: true });
    }
  });
});
