import { once } from 'node:events';
import { freePort, waitFor } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import { provideRedis, startCluster } from '@optout-sync/testkit';
import type { RedisConfig } from '@optout-sync/shared/config';
import { inboundJobId } from '@optout-sync/shared/queues';
import { connectRedis } from '@optout-sync/shared/redis';

import { unprocessableDeadLetter } from '../inbound/unprocessable';
import { forwardRequest, stopEvent as stop } from '../test-support/stored';
import { RedisStore } from './redis-store';

const PREFIX = 'store-test';

const letter = unprocessableDeadLetter(
  { kind: 'puzzle', code: 'message_not_understood', message: 'x' },
  { route: 'events' },
  1,
);
const forward = forwardRequest('x');

function openStore(url: string, redisBack = () => undefined as unknown) {
  const config: RedisConfig = { mode: 'standalone', prefix: PREFIX, url };
  const events = { redisLost: jest.fn(), redisBack: jest.fn(redisBack) };
  return { store: new RedisStore(config, events), events };
}

const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

/** Why it is refused, by a Redis that is connected. */
const refusal = (work: () => Promise<unknown>): Promise<string> =>
  waitFor(
    async () => {
      const why = await work().then(
        () => 'it is not refused',
        (error: unknown) => (error as Error).message,
      );
      return /not connected|isn't writeable/.test(why) ? undefined : why;
    },
    { what: 'an answer' },
  );

describe('the Redis store', () => {
  describe('with Redis away', () => {
    it('refuses at once, and works once Redis is there', async () => {
      const port = await freePort();
      const { store, events } = openStore(`redis://127.0.0.1:${port}`);
      await waitFor(() => events.redisLost.mock.calls.length > 0, { what: 'a failed try' });
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
      expect(await store.watched[0]?.getJob(inboundJobId(event))).toMatchObject({ data: { payload: event } });
      expect(events.redisBack).toHaveBeenCalled();
      await store.close();
      await redis.stop();
    });

    it('closes', async () => {
      const { store } = openStore(`redis://127.0.0.1:${await freePort()}`);
      await store.close();
      await expect(store.append({ events: [stop()] })).rejects.toThrow();
    });
  });

  describe('with Redis there but not well', () => {
    let redis: ProvidedRedis;
    let admin: ReturnType<typeof connectRedis>;
    let store: RedisStore;
    let events: ReturnType<typeof openStore>['events'];

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
      ({ store, events } = openStore(redis.url));
      await waitFor(() => store.check().then(() => true), { what: 'the store to be usable' });
    });
    afterEach(async () => {
      await store.close();
    });

    it.each([
      ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], 'OOM'],
      ['read-only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], 'READONLY'],
    ])('refuses while it is %s, and no longer', async (_, spoil, mend, reason) => {
      const call = ([command = '', ...args]: string[]) => admin.call(command, ...args);
      await call(spoil);
      try {
        expect(await refusal(() => store.check())).toContain(reason);
        expect(await refusal(() => store.append({ events: [stop()] }))).toContain(reason);
        expect(await refusal(() => store.append({ events: [stop(), stop()] }))).toContain(reason);
        expect(await refusal(() => store.append({ letters: [letter] }))).toContain(reason);
        expect(await refusal(() => store.append({ forwards: [forward] }))).toContain(reason);
      } finally {
        await call(mend);
      }
      await waitFor(() => store.check().then(() => true), { what: 'the store to be usable' });
      await store.append({ events: [stop()] });
    });

    it('connects anew when the master became a replica, which the name may lead away from by now', async () => {
      const connected = events.redisBack.mock.calls.length;
      await admin.call('REPLICAOF', '127.0.0.1', '1');
      try {
        await refusal(() => store.check());
        await waitFor(() => events.redisBack.mock.calls.length > connected, { what: 'a new connection' });
      } finally {
        await admin.call('REPLICAOF', 'NO', 'ONE');
      }
    });

    it('keeps a batch, each event once though it comes twice, and again', async () => {
      const events = Array.from({ length: 300 }, stop);
      const kept = () => store.watched[0]!.getJobCountByTypes('waiting');
      const before = await kept();
      for (let i = 0; i < 2; i++) await store.append({ events: [...events, events[0]!], letters: [letter] });
      expect(await kept()).toBe(before + 300);
    });

    it('keeps all of what comes while something else is on its way', async () => {
      const events = Array.from({ length: 50 }, stop);
      await Promise.all(events.map((event) => store.append({ events: [event] })));
      for (const event of events) {
        expect(await store.watched[0]!.getJob(inboundJobId(event))).toMatchObject({
          data: { payload: event },
        });
      }
    });

    it('refuses within seconds while it hangs, and works when it goes on', async () => {
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

    it('opens anew when its first contact failed', async () => {
      let contacts = 0;
      // It hangs between the connection and the first command of the queues.
      const { store: late, events } = openStore(redis.url, () => {
        if (contacts++ === 0) process.kill(redis.pid!, 'SIGSTOP');
      });
      try {
        await waitFor(() => events.redisLost.mock.calls.length > 0, { what: 'the first contact to fail' });
        expect(events.redisLost.mock.calls).toEqual([[new Error('Command timed out')]]);
      } finally {
        await redis.kill('SIGCONT');
      }
      await waitFor(() => late.append({ events: [stop()] }).then(() => true), {
        what: 'the store to be usable',
      });
      expect(late.watched.map(({ name }) => name)).toEqual(['inbound-events', 'forwards']);
      await late.close();
    });
  });

  it('can be used only while every queue shard can, each on its own master of a cluster', async () => {
    const cluster = await startCluster({ settings: { 'cluster-require-full-coverage': 'no' } });
    const { nodes } = cluster;
    const config: RedisConfig = { mode: 'cluster', prefix: PREFIX, nodes, shards: 5 };
    const store = new RedisStore(config, { redisLost: () => undefined, redisBack: () => undefined });
    try {
      await waitFor(() => store.check().then(() => true), { what: 'the store to be usable' });
      const first = await cluster.ownerOf(`{${PREFIX}}`);
      const master = cluster.servers.find((server) => server !== first);
      await master?.kill('SIGKILL');
      await waitFor(
        () =>
          store.check().then(
            () => false,
            () => true,
          ),
        { what: 'the store not to be usable' },
      );
      await expect(store.check()).rejects.toThrow();
      await master?.restart();
      await waitFor(() => store.check().then(() => true), {
        what: 'the store to be usable again',
        timeoutMs: 30_000,
      });
      await store.append({ events: Array.from({ length: 20 }, () => stop()) });
    } finally {
      await store.close();
      await cluster.stop();
    }
  });
});
