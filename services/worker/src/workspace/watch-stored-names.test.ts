import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { StoredNames } from '@optout-sync/shared/stored-names';
import { watchStoredNames } from './watch-stored-names';

describe('watchStoredNames', () => {
  const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
  afterAll(() => {
    redis.disconnect();
  });

  it('gauges and reports what is stored under names that nobody serves, once for all workers', async () => {
    const prefix = `test-${randomUUID()}`;
    await redis.hset(`${prefix}:ledger:{shop:sms:+14155550101}`, 'v', 1);
    await redis.hset(`${prefix}:ledger:{default:sms:+14155550101}`, 'v', 1);
    await redis.rpush(`${prefix}:customerio-sync-shop:wait`, '1', '2');
    const found: StoredNames[] = [];
    const registries = [new Registry(), new Registry()];
    const stops = registries.map((registry) =>
      watchStoredNames({
        redis,
        prefix,
        registry,
        telemetry: {
          unservedFound: (unserved) => void found.push(unserved),
          storedNamesUnread: () => undefined,
        },
        served: new Set(['default']),
      }),
    );
    await waitFor(() => found.length > 0, { what: 'the report' });
    for (const registry of registries) {
      const text = await registry.metrics();
      expect(text).toContain('optout_unserved_ledger_entries{stored_as="shop"} 1');
      expect(text).toContain('optout_unserved_jobs{stored_as="shop"} 2');
      expect(text).not.toContain('stored_as="default"');
    }
    await Promise.all(stops.map((stop) => stop()));
    expect(found).toEqual([{ ledger: { shop: 1 }, queues: { shop: 2 } }]);
  });

  it('lets no scrape wait for a Redis that does not answer', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await waitFor(() => silent.listening, { what: 'the server' });
    const frozen = new Redis((silent.address() as AddressInfo).port, { enableReadyCheck: false });
    const registry = new Registry();
    const telemetry = { unservedFound: () => undefined, storedNamesUnread: () => undefined };
    const stop = watchStoredNames({ redis: frozen, prefix: 'test', registry, telemetry, served: new Set() });
    expect(await registry.metrics()).not.toContain('stored_as=');
    frozen.disconnect();
    await stop();
    for (const socket of sockets) socket.destroy();
    silent.close();
  }, 30_000);
});
