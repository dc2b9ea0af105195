import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Counter, Registry } from 'prom-client';
import { ActivityStore, reportActivity } from './activity';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => {
  redis.disconnect();
});

const NOW = Date.parse('2026-02-25T09:59:58Z');
const MINUTE = 60_000;

test('activity is what all processes counted in the last hour, by outcome', async () => {
  const store = new ActivityStore(redis, `test-${randomUUID()}`);
  const report = (service: 'ingest' | 'worker', ago: number, counts: Record<string, number>): Promise<void> =>
    store.report({ service, name: `host:${service}`, at: NOW - ago }, new Map(Object.entries(counts)));
  await report('ingest', 0, { accepted: 3 });
  await report('worker', 5 * MINUTE, { applied: 2, stale: 1 });
  await report('worker', 59 * MINUTE, { applied: 5 });
  await report('worker', 61 * MINUTE, { applied: 100 });
  expect((await store.read(NOW)).counts).toEqual({
    ingest: { accepted: 3 },
    worker: { applied: 7, stale: 1 },
  });
});

test('a process that is silent for half a minute has ended', async () => {
  const store = new ActivityStore(redis, `test-${randomUUID()}`);
  const spool = { items: 2, bytes: 90, oldest: NOW - 5_000 };
  await store.report({ service: 'ingest', name: 'a:1', at: NOW - 1_000, spool }, new Map());
  await store.report({ service: 'worker', name: 'b:2', at: NOW - 31_000 }, new Map());
  expect((await store.read(NOW)).instances).toEqual([
    { service: 'ingest', name: 'a:1', at: NOW - 1_000, spool },
  ]);
});

test('what a later release reports is left out', async () => {
  const prefix = `test-${randomUUID()}`;
  const store = new ActivityStore(redis, prefix);
  await store.report({ service: 'worker', name: 'b:2', at: NOW }, new Map([['applied', 1]]));
  await redis.hset(`${prefix}:activity:${String(Math.floor(NOW / MINUTE))}`, 'console:seen', 3);
  await redis.hset(`${prefix}:activity:instances`, { later: '{"service":"console"}', damaged: '{' });
  expect(await store.read(NOW)).toEqual({
    counts: { ingest: {}, worker: { applied: 1 } },
    instances: [{ service: 'worker', name: 'b:2', at: NOW }],
  });
});

test('a service reports each count once, and is gone when it stops', async () => {
  const prefix = `test-${randomUUID()}`;
  const registry = new Registry();
  const labelNames = ['outcome', 'source'];
  const events = new Counter({ name: 'optout_events_total', help: 'x', labelNames, registers: [registry] });
  events.inc({ outcome: 'applied', source: 'webhook' }, 2);
  events.inc({ outcome: 'applied', source: 'backfill' }, 3);
  const stop = reportActivity({ redis, prefix, registry, service: 'worker', periodMs: 5 });
  const store = new ActivityStore(redis, prefix);
  const present = async (): Promise<unknown> => {
    const { counts, instances } = await store.read(Date.now());
    return { applied: counts.worker.applied, instances: instances.length };
  };
  const deadline = Date.now() + 30_000;
  while (!(await store.read(Date.now())).counts.worker.applied && Date.now() < deadline);
  expect(await present()).toEqual({ applied: 5, instances: 1 });
  events.inc({ outcome: 'applied', source: 'webhook' });
  await stop();
  expect(await present()).toEqual({ applied: 6, instances: 0 });
});

test('a service whose clock is an hour behind is shown all the same', async () => {
  const prefix = `test-${randomUUID()}`;
  const behind = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 60 * MINUTE);
  const stop = reportActivity({ redis, prefix, registry: new Registry(), service: 'worker' });
  const [seconds] = await redis.time();
  const store = new ActivityStore(redis, prefix);
  const deadline = performance.now() + 30_000;
  let instances: readonly unknown[] = [];
  while (instances.length === 0 && performance.now() < deadline) {
    ({ instances } = await store.read(Number(seconds) * 1_000));
  }
  behind.mockRestore();
  await stop();
  expect(instances).toHaveLength(1);
});
