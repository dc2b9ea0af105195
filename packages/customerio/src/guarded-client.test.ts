import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { startAnsweringServer, type AnsweringServer } from './test-support/answering-server';
import { guardedApi, type GuardedApi } from './test-support/guarded-api';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const REQUEST = { operation: 'search', method: 'POST', path: '/', body: {} } as const;
const RPS = 4;

describe('a reserved request', () => {
  let server: AnsweringServer;
  let api: GuardedApi;
  beforeEach(async () => {
    server = await startAnsweringServer();
    api = guardedApi({ redis, baseUrl: server.url, rps: RPS });
  });
  afterEach(async () => {
    api.close();
    await server.stop();
  });
  const block = (ms: number): void => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };

  it('is sent at once on its reservation', async () => {
    const slots = jest.spyOn(redis, 'eval');
    const reservation = await api.client.reserve('search');
    await api.client.send(REQUEST, { reservation });
    expect(slots).toHaveBeenCalledTimes(1);
    slots.mockRestore();
  });

  it('is sent on a later slot when its process was blocked, on a new connection as on one that is reused', async () => {
    for (const n of [1, 2, 3]) {
      const reservation = await api.client.reserve('search');
      block(300);
      const sent = api.client.send(REQUEST, { reservation });
      await sent;
      expect(server.paths).toHaveLength(n);
      // The slot that it was sent on is less than one interval old: the next one is not due yet.
      const startedAt = performance.now();
      await api.limiter.acquire();
      expect(performance.now() - startedAt).toBeGreaterThan(100);
    }
  });

  it('is sent on a later slot when the connection took long', async () => {
    const reservation = await api.client.reserve('search');
    const sent = api.client.send(REQUEST, { reservation });
    // Sending has begun; the connection is established only after this.
    await new Promise((resolve) => process.nextTick(resolve));
    block(300);
    await sent;
    const startedAt = performance.now();
    await api.limiter.acquire();
    expect(performance.now() - startedAt).toBeGreaterThan(100);
  });

  it('is not counted as slow for the time it waits for its slot', async () => {
    const reservation = await api.client.reserve('search');
    await api.limiter.pause(2_500);
    block(300);
    // Longer than the timeout of a request.
    await expect(api.client.send(REQUEST, { reservation })).resolves.toBe('');
    await waitFor(() => server.paths.length === 1, { what: 'the request' });
  });
});
