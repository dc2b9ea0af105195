import { once } from 'node:events';
import { freePort, waitFor } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import { provideRedis, startCluster } from '@optout-sync/testkit';
import type { RedisConfig } from '@optout-sync/shared/config';
import { inboundJobId, itemsOf, type JobData, type EnqueuedEvent } from '@optout-sync/shared/queues';
import { connectRedis } from '@optout-sync/shared/redis';
import { openRedisStore } from '../test-support/open-redis-store';
import { forwardRequest, sampleDeadLetter, stopEvent as stop } from '../test-support/samples';
import type { RedisStore } from './redis-store';

const PREFIX = 'store-test';

const deadLetter = sampleDeadLetter('x');
const forward = forwardRequest('x');

function openStore(url: string, redisBack = () => undefined as unknown) {
  const config: RedisConfig = { mode: 'standalone', prefix: PREFIX, url };
  const telemetry = {
    redisLost: jest.fn(),
    redisBack: jest.fn(redisBack),
    queuesNotOpened: jest.fn(),
    enqueued: jest.fn(),
  };
  return { store: openRedisStore({ config, telemetry }), telemetry };
}

/** The events that wait, in the order of their jobs. */
const waiting = async (store: RedisStore): Promise<unknown[]> =>
  (await store.watched[0]!.getJobs(['waiting'], 0, -1, true)).flatMap(({ data }) =>
    itemsOf(data as JobData<unknown>).map(({ raw }) => raw),
  );

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

/** The error of a connected Redis. */
const errorOf = (work: () => Promise<unknown>): Promise<string> =>
  waitFor(
    async () => {
      const message = await work().then(
        () => 'no error',
        (error: unknown) => (error as Error).message,
      );
      return /not connected|isn't writeable/.test(message) ? undefined : message;
    },
    { what: 'an answer' },
  );

describe('the Redis store', () => {
  describe('with an unreachable Redis', () => {
    it('rejects at once, and works once Redis is reachable', async () => {
      const port = await freePort();
      const { store, telemetry } = openStore(`redis://127.0.0.1:${port}`);
      await waitFor(() => telemetry.redisLost.mock.calls.length > 0, { what: 'a failed attempt' });
      expect(
        await elapsed(() =>
          expect(store.append({ events: [stop()] })).rejects.toThrow('Redis is not connected'),
        ),
      ).toBeLessThan(500);
      await expect(store.check()).rejects.toThrow('Redis is not connected');

      const redis = await provideRedis({ url: undefined, log: () => undefined, port });
      await waitFor(() => store.check().then(() => true), { what: 'the store to be usable' });
      const event = stop();
      await store.append({ events: [event] });
      expect(await store.watched[0]?.getJob(inboundJobId([event]))).toMatchObject({
        data: { payload: { version: 2, events: [event] } },
      });
      expect(telemetry.redisBack).toHaveBeenCalled();
      await store.close();
      await redis.stop();
    });

    it('closes', async () => {
      const { store } = openStore(`redis://127.0.0.1:${await freePort()}`);
      await store.close();
      await expect(store.append({ events: [stop()] })).rejects.toThrow();
    });
  });

  describe('with a Redis in trouble', () => {
    let redis: ProvidedRedis;
    let admin: ReturnType<typeof connectRedis>;
    let store: RedisStore;
    let telemetry: ReturnType<typeof openStore>['telemetry'];
    /** How many events were counted with this result. */
    const countedAs = (result: string): number =>
      (telemetry.enqueued.mock.calls as [readonly EnqueuedEvent[]][])
        .flatMap(([events]) => events)
        .filter((event) => event.result === result).length;

    beforeAll(async () => {
      redis = await provideRedis({ url: undefined, log: () => undefined });
      admin = connectRedis({ mode: 'standalone', prefix: PREFIX, url: redis.url }, 'store', () => undefined);
      await once(admin, 'ready');
    });
    afterAll(async () => {
      admin.disconnect();
      await redis.stop();
    });
    beforeEach(async () => {
      ({ store, telemetry } = openStore(redis.url));
      await waitFor(() => store.check().then(() => true), { what: 'the store to be usable' });
    });
    afterEach(async () => {
      await store.close();
    });

    it.each([
      ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], 'OOM'],
      ['read-only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], 'READONLY'],
    ])('rejects only while it is %s', async (_, breakRedis, repairRedis, reason) => {
      const call = ([command = '', ...args]: string[]) => admin.call(command, ...args);
      await call(breakRedis);
      try {
        expect(await errorOf(() => store.check())).toContain(reason);
        expect(await errorOf(() => store.append({ events: [stop()] }))).toContain(reason);
        expect(await errorOf(() => store.append({ events: [stop(), stop()] }))).toContain(reason);
        expect(await errorOf(() => store.append({ deadLetters: [deadLetter] }))).toContain(reason);
        expect(await errorOf(() => store.append({ forwards: [forward] }))).toContain(reason);
      } finally {
        await call(repairRedis);
      }
      await waitFor(() => store.check().then(() => true), { what: 'the store to be usable' });
      await store.append({ events: [stop()] });
    });

    it('reconnects when the master became a replica, since the name may now resolve to another master', async () => {
      const connected = telemetry.redisBack.mock.calls.length;
      await admin.call('REPLICAOF', '127.0.0.1', '1');
      try {
        await errorOf(() => store.check());
        await waitFor(() => telemetry.redisBack.mock.calls.length > connected, { what: 'a new connection' });
      } finally {
        await admin.call('REPLICAOF', 'NO', 'ONE');
      }
    });

    it('stores each event of a batch once, within a batch and across batches', async () => {
      const events = Array.from({ length: 300 }, stop);
      const before = await waiting(store);
      telemetry.enqueued.mockClear();
      for (let i = 0; i < 2; i++)
        await store.append({ events: [...events, events[0]!], deadLetters: [deadLetter] });
      expect(await waiting(store)).toEqual([...before, ...events]);
      expect(countedAs('new')).toBe(300);
      expect(countedAs('folded')).toBe(302);
    });

    it('stores every event that arrives during a round trip, 50 in a job', async () => {
      const events = Array.from({ length: 101 }, stop);
      const before = await store.watched[0]!.getWaitingCount();
      await Promise.all(events.map((event) => store.append({ events: [event] })));
      expect((await waiting(store)).slice(-events.length)).toEqual(events);
      // The first one is alone: it does not wait for others.
      expect((await store.watched[0]!.getWaitingCount()) - before).toBe(3);
      expect(await store.watched[0]!.getJob(inboundJobId(events.slice(0, 1)))).toBeDefined();
    });

    it('rejects within seconds while it hangs, and works when it continues', async () => {
      await redis.kill('SIGSTOP');
      try {
        expect(
          await elapsed(() => expect(store.append({ events: [stop()] })).rejects.toThrow('timed out')),
        ).toBeLessThan(4_000);
      } finally {
        await redis.kill('SIGCONT');
      }
      await waitFor(() => store.append({ events: [stop()] }).then(() => true), {
        what: 'the store to be usable',
      });
    });

    it('adds the events of adds that timed out once, when they landed and come again from the spool', async () => {
      const events = Array.from({ length: 130 }, stop);
      const before = await waiting(store);
      await redis.kill('SIGSTOP');
      const results = await Promise.allSettled(events.map((event) => store.append({ events: [event] })));
      await redis.kill('SIGCONT');
      expect(results.map(({ status }) => status)).toEqual(events.map(() => 'rejected'));
      await waitFor(() => store.check().then(() => true), { what: 'the store to be usable' });
      const landed = await waiting(store);
      expect(landed.length).toBeGreaterThan(before.length);
      // In two parts, which end within jobs, each with others beside it.
      const others = Array.from({ length: 2 }, stop);
      await store.append({ events: [others[0]!, ...events.slice(0, 70)] });
      await store.append({ events: [...events.slice(70), others[1]!] });
      const all = await waiting(store);
      expect(all).toHaveLength(before.length + events.length + others.length);
      expect(all).toEqual(expect.arrayContaining([...events, ...others]));
      expect([countedAs('new'), countedAs('folded')]).toEqual([132, 0]);
    });

    it('opens its queues again when the first contact failed', async () => {
      let contacts = 0;
      // Redis hangs between the connection and the first command of the queues.
      const { store: late, telemetry } = openStore(redis.url, () => {
        if (contacts++ === 0) process.kill(redis.pid!, 'SIGSTOP');
      });
      try {
        await waitFor(() => telemetry.queuesNotOpened.mock.calls.length > 0, {
          what: 'the first contact to fail',
        });
        expect(telemetry.queuesNotOpened.mock.calls).toEqual([[new Error('Command timed out')]]);
      } finally {
        await redis.kill('SIGCONT');
      }
      await waitFor(() => late.append({ events: [stop()] }).then(() => true), {
        what: 'the store to be usable',
      });
      expect(late.watched.map(({ name }) => name)).toEqual([
        'inbound-events',
        'forwards',
        'people-changes',
        'event-batches',
      ]);
      await late.close();
    });
  });

  it('is usable in a cluster while the master with the queues is, whatever the others are', async () => {
    const cluster = await startCluster({ settings: { 'cluster-require-full-coverage': 'no' } });
    const { nodes } = cluster;
    const config: RedisConfig = { mode: 'cluster', prefix: PREFIX, nodes };
    const store = openRedisStore({
      config,
      telemetry: {
        redisLost: () => undefined,
        redisBack: () => undefined,
        queuesNotOpened: () => undefined,
        enqueued: () => undefined,
      },
    });
    const isUsable = () =>
      store.check().then(
        () => true,
        () => false,
      );
    try {
      await waitFor(isUsable, { what: 'the store to be usable' });
      const owner = await cluster.ownerOf(`{${PREFIX}}`);
      const other = cluster.servers.find((server) => server !== owner);
      await other?.kill('SIGKILL');
      await store.check();
      await store.append({ events: Array.from({ length: 20 }, () => stop()) });
      await other?.restart();

      await owner.kill('SIGKILL');
      await waitFor(async () => !(await isUsable()), { what: 'the store not to be usable' });
      await expect(store.append({ events: [stop()] })).rejects.toThrow();
      await owner.restart();
      await waitFor(isUsable, { what: 'the store to be usable again', timeoutMs: 30_000 });
      await store.append({ events: Array.from({ length: 20 }, () => stop()) });
    } finally {
      await store.close();
      await cluster.stop();
    }
  });
});
