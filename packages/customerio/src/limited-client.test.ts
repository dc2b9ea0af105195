import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { CustomerIoClient } from './customerio-client';
import { LimitedClient } from './limited-client';
import { RateLimiter } from './rate-limiter';
import { startAnsweringServer, type AnsweringServer } from './test-support/answering-server';

const REQUEST = { operation: 'search', method: 'POST', path: '/', body: {} } as const;
const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let server: AnsweringServer;
let http: CustomerIoClient;
let limiter: RateLimiter;
let closing: AbortController;
beforeEach(async () => {
  server = await startAnsweringServer();
  http = new CustomerIoClient({ baseUrl: server.url }, () => undefined);
  closing = new AbortController();
  limiter = new RateLimiter(redis, `test-${randomUUID()}`, 100, closing.signal);
});
afterEach(async () => {
  closing.abort();
  http.close();
  await server.stop();
});

const client = (patienceMs: number): LimitedClient =>
  new LimitedClient(http, limiter, { slot: { lane: 'background' }, patienceMs });

describe('LimitedClient', () => {
  it('gives up when the rate limit has no slot in time, without a request', async () => {
    await limiter.pause(60_000);
    await expect(client(50).send(REQUEST)).rejects.toMatchObject({ code: 'customerio_rate_limited' });
    expect(server.paths).toEqual([]);
  });

  it('pauses everybody after a 429, and sends again when the pause is over', async () => {
    let answers = 0;
    server.answer(() =>
      answers++ === 0
        ? { status: 429, headers: { 'retry-after': '1' } }
        : { status: 200, body: { done: true } },
    );
    const pause = jest.spyOn(limiter, 'pause');
    expect(await client(20_000).send(REQUEST)).toEqual({ done: true });
    expect(pause).toHaveBeenCalledWith(1_000);
    expect(server.paths).toHaveLength(2);
  });

  it('ends with any other failure at once', async () => {
    server.answer({ status: 503 });
    await expect(client(20_000).send(REQUEST)).rejects.toMatchObject({ code: 'customerio_server_error' });
    expect(server.paths).toHaveLength(1);
  });
});
