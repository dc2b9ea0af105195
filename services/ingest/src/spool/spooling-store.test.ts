import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { openJobStores, type JobStores } from '@optout-sync/shared/dead-letters';
import { freePort, waitFor } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import { provideRedis } from '@optout-sync/testkit';
import { connectRedis, untilReady } from '@optout-sync/shared/redis';
import type { WriteBatch } from '../store/event-store';
import { openRedisStore } from '../test-support/open-redis-store';
import { forwardRequest, sampleDeadLetter, stopEvent } from '../test-support/samples';
import { Spool } from './spool';
import { SpoolingStore, type RedisSide } from './spooling-store';

const telemetry = {
  spooled: jest.fn(),
  spoolLost: jest.fn(),
  spoolBack: jest.fn(),
  spooling: jest.fn<undefined, [Error]>(),
  draining: jest.fn(),
  emptied: jest.fn(),
  drained: jest.fn(),
  deadLettered: jest.fn(),
};

let dir: string;
let stores: { close(): Promise<void> }[];
beforeEach(async () => {
  jest.resetAllMocks();
  stores = [];
  dir = await mkdtemp(join(tmpdir(), 'optout-sync-store-test-'));
});
afterEach(async () => {
  for (const store of stores.splice(0).reverse()) await store.close();
  await rm(dir, { recursive: true });
});

async function openOn(redis: RedisSide, maxBytes = 1e9): Promise<SpoolingStore> {
  const store = await SpoolingStore.open(redis, { dir, maxBytes, telemetry, now: Date.now });
  stores.push(store);
  return store;
}

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};
const untilEmpty = (store: SpoolingStore) =>
  waitFor(() => store.spool.items === 0, { what: 'the spool to be empty' });

describe('the spooling store', () => {
  describe('with a real Redis', () => {
    let redis: ProvidedRedis;
    let admin: ReturnType<typeof connectRedis>;
    let queues: JobStores;
    let prefix: string;

    beforeAll(async () => {
      redis = await provideRedis({ url: undefined, log: () => undefined });
      admin = connectRedis({ mode: 'standalone', prefix: 'x', url: redis.url }, 'worker', () => undefined);
      await once(admin, 'ready');
    });
    afterAll(async () => {
      admin.disconnect();
      await redis.stop();
    });
    beforeEach(() => {
      prefix = randomUUID();
      queues = openJobStores(admin, prefix);
    });

    const open = async (): Promise<SpoolingStore> => {
      const side = openRedisStore({
        config: { mode: 'standalone', prefix, url: redis.url },
        telemetry: {
          redisLost: () => undefined,
          redisBack: () => undefined,
          queuesNotOpened: () => undefined,
          enqueued: () => undefined,
        },
      });
      stores.push(side);
      return openOn(side);
    };
    const enqueued = async () => {
      const jobs = await queues.inbound.getJobs(['waiting'], 0, -1, true);
      return jobs.flatMap(({ data }) => data.payload.events);
    };
    const call = ([command = '', ...args]: string[]) => admin.call(command, ...args);

    it('stores in Redis what Redis takes', async () => {
      const store = await open();
      const event = stopEvent();
      await store.append({ events: [event] });
      expect(await enqueued()).toEqual([event]);
      expect(await store.check()).toBe('redis');
      expect(telemetry.spooled).not.toHaveBeenCalled();
    });

    it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
      ['down', () => redis.kill('SIGKILL'), () => redis.restart()],
      ['frozen', () => redis.kill('SIGSTOP'), () => redis.kill('SIGCONT')],
      [
        'full',
        () => call(['CONFIG', 'SET', 'maxmemory', '1']),
        () => call(['CONFIG', 'SET', 'maxmemory', '0']),
      ],
      ['read-only', () => call(['REPLICAOF', '127.0.0.1', '1']), () => call(['REPLICAOF', 'NO', 'ONE'])],
    ])(
      'takes events while Redis is %s, the first within seconds and the others at once',
      async (_, breakRedis, repairRedis) => {
        const store = await open();
        const events = Array.from({ length: 100 }, stopEvent);
        await breakRedis();
        try {
          const [first, ...rest] = events;
          expect(await elapsed(() => store.append({ events: [first!] }))).toBeLessThan(8_000);
          expect(
            await elapsed(async () => {
              for (const event of rest) await store.append({ events: [event] });
            }),
            // Each would wait 2 s for Redis.
          ).toBeLessThan(20_000);
          expect(await store.check()).toBe('spool');
          expect(store.spool.items).toBe(100);
          expect(telemetry.spooling).toHaveBeenCalledTimes(1);
        } finally {
          await repairRedis();
        }
        await untilEmpty(store);
        expect(await enqueued()).toEqual(events);
        await waitFor(async () => (await store.check()) === 'redis', { what: 'Redis to be used again' });
        const later = stopEvent();
        await store.append({ events: [later] });
        expect(await enqueued()).toEqual([...events, later]);
        expect(telemetry.emptied).toHaveBeenCalled();
      },
    );

    it('adds nothing twice that landed in Redis although it timed out', async () => {
      const store = await open();
      const event = stopEvent();
      const forward = forwardRequest('x');
      // The order of the parameters is part of the dead letter's id.
      const params = { z: '1', a: '2', 7: 'x' };
      const deadLetter = sampleDeadLetter('x', { route: 'messages', params });
      await redis.kill('SIGSTOP');
      try {
        await store.append({ events: [event], deadLetters: [deadLetter], forwards: [forward] });
        expect(store.spool.items).toBe(1);
      } finally {
        await redis.kill('SIGCONT');
      }
      await waitFor(() => telemetry.drained.mock.calls.length > 0, { what: 'the spool to be drained' });
      expect(telemetry.drained.mock.calls).toEqual([['enqueued', 1]]);
      expect(await enqueued()).toEqual([event]);
      expect((await queues.deadLetters.size()).count).toBe(1);
      expect(await queues.forwards.getWaitingCount()).toBe(1);
    });

    it('drains the items of an earlier process, also when Redis starts later', async () => {
      const first = await open();
      const events = Array.from({ length: 5 }, stopEvent);
      await redis.kill('SIGKILL');
      for (const event of events) await first.append({ events: [event] });
      await first.close();

      const second = await open();
      expect(await second.check()).toBe('spool');
      expect(second.spool.items).toBe(5);
      await redis.restart();
      await untilEmpty(second);
      await untilReady(admin);
      expect(await enqueued()).toEqual(events);
    });
  });

  it('starts without Redis', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const side = openRedisStore({
      config: { mode: 'standalone', prefix: 'x', url },
      telemetry: {
        redisLost: jest.fn(),
        redisBack: jest.fn(),
        queuesNotOpened: jest.fn(),
        enqueued: jest.fn(),
      },
    });
    stores.push(side);
    const store = await openOn(side);
    await store.append({ events: [stopEvent()] });
    expect(await store.check()).toBe('spool');
  });

  describe('with a simulated Redis', () => {
    const side = {
      append: jest.fn<Promise<void>, [WriteBatch]>(),
      check: jest.fn<Promise<void>, []>(),
      connected: jest.fn<Promise<void>, []>(),
    };
    beforeEach(() => {
      for (const answer of Object.values(side)) answer.mockResolvedValue();
    });
    const never = () => new Promise<never>(() => undefined);

    it('waits 2 s once for a Redis that hangs, and then only probes it once a second', async () => {
      const store = await openOn(side);
      side.append.mockImplementation(never);
      side.check.mockClear().mockImplementation(never);
      const startedAt = performance.now();
      await store.append({ events: [stopEvent()] });
      expect(performance.now() - startedAt).toBeGreaterThan(1_900);
      expect(await elapsed(() => store.append({ events: [stopEvent()] }))).toBeLessThan(1_900);
      expect(side.append).toHaveBeenCalledTimes(1);
      expect(side.check.mock.calls.length).toBeLessThanOrEqual(1);
    });

    it('does not let a new event wait behind the backlog', async () => {
      side.check.mockRejectedValue(new Error('unreachable'));
      const store = await openOn(side);
      const old = Array.from({ length: 300 }, stopEvent);
      await Promise.all(old.map((event) => store.append({ events: [event] })));
      const isOld = ({ events = [] }: WriteBatch) =>
        events.some(({ messageSid }) => messageSid === old.at(-1)!.messageSid);
      let release: () => void = () => undefined;
      side.append.mockImplementation((batch) =>
        isOld(batch) ? new Promise((resolve) => (release = resolve)) : Promise.resolve(),
      );
      side.check.mockResolvedValue();
      await waitFor(() => side.append.mock.calls.some(([batch]) => isOld(batch)), { what: 'the backlog' });
      expect(store.spool.items).toBe(100);
      expect(await elapsed(() => store.append({ events: [stopEvent()] }))).toBeLessThan(1_900);
      expect(store.spool.items).toBe(100);
      release();
      await untilEmpty(store);
    });

    /** Leaves an event in a spool that is closed. */
    async function leaveEvent(folder: string) {
      const event = stopEvent();
      const spool = await Spool.open({ dir: folder, maxBytes: 1e9, telemetry });
      await spool.append({ events: [event] }, Date.now());
      await spool.close();
      return event;
    }
    const untilInRedis = (event: ReturnType<typeof stopEvent>) =>
      waitFor(
        () => side.append.mock.calls.some(([{ events = [] }]) => events[0]?.messageSid === event.messageSid),
        {
          what: 'the event to be drained',
        },
      );

    it('drains a spool that cannot be opened at the start, once it can', async () => {
      const event = await leaveEvent(dir);
      const [current, aside] = [join(dir, 'CURRENT'), join(dir, 'aside')];
      await rename(current, aside);
      await mkdir(current);
      const store = await openOn(side);
      expect(store.spool.unusable).toMatchObject({ code: 'spool_broken' });
      await waitFor(async () => (await store.check()) === 'redis', { what: 'Redis to be used' });
      await rmdir(current);
      await rename(aside, current);
      await untilInRedis(event);
      await untilEmpty(store);
      await waitFor(() => telemetry.emptied.mock.calls.length > 0, { what: 'the end to be reported' });
      expect(telemetry.emptied).toHaveBeenCalledTimes(1);
    });

    it('drains a folder with items that takes the place of an empty one', async () => {
      const late = await mkdtemp(join(tmpdir(), 'optout-sync-store-test-'));
      const event = await leaveEvent(late);
      const store = await openOn(side);
      await waitFor(() => telemetry.emptied.mock.calls.length > 0, { what: 'the store to wait for items' });
      await rm(dir, { recursive: true });
      await rename(late, dir);
      await untilInRedis(event);
      await untilEmpty(store);
    });

    it('rejects an event that neither takes', async () => {
      side.check.mockRejectedValue(new Error('unreachable'));
      const store = await openOn(side, 10);
      await expect(store.append({ events: [stopEvent()] })).rejects.toMatchObject({ code: 'spool_full' });
      await expect(store.check()).rejects.toMatchObject({ code: 'spool_full' });
    });

    it('stores events in Redis while the spool is full', async () => {
      const store = await openOn(side, 10);
      side.append.mockRejectedValueOnce(new Error('slow'));
      await expect(store.append({ events: [stopEvent()] })).rejects.toMatchObject({ code: 'spool_full' });
      await waitFor(async () => (await store.check()) === 'redis', { what: 'Redis to be used again' });
      await store.append({ events: [stopEvent()] });
      expect(store.spool.items).toBe(0);
    });
  });
});
