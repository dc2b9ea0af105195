import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { System } from '@optout-sync/testkit/system';
import { OldQueues } from '../../services/worker/src/upgrade/test-support/old-queues';
import { inboundEvent } from './support/inbound-event';
import { systemOnCluster } from './support/redis-modes';
import { accepted, expectAppliedOnce, newPeople, startWorkload } from './support/stop-workload';

jest.setTimeout(180_000);

/** Of the earlier version. */
const SHARDS = 6;

let system: System;
let old: OldQueues;
beforeAll(async () => {
  ({ system } = await systemOnCluster());
  old = new OldQueues(system.connection, `{${system.prefix}}`, SHARDS);
});
afterAll(async () => {
  await old.close();
  await system.stop();
});

/** Adds an event of each phone as an ingest of the earlier version does, some in the background lane, some delayed. */
async function addOld(phones: readonly string[]): Promise<void> {
  await Promise.all(
    phones.map((phone, n) =>
      old.addEvent(inboundEvent(phone), { priority: n % 3 === 0 ? 10 : 0, delay: n % 7 === 0 ? 100 * n : 0 }),
    ),
  );
}

describe('an upgrade from queue shards on a Redis Cluster', () => {
  it('loses nothing and records every event once, although a worker is killed while it moves jobs', async () => {
    const backlog = newPeople(system, 1_500);
    for (let n = 0; n < backlog.length; n += 100) await addOld(backlog.slice(n, n + 100));
    const atStart = await old.left();
    expect(atStart).toBeGreaterThan(1_000);

    // The setting of the earlier version, which has no effect.
    const settings = { QUEUE_SHARDS: String(SHARDS) };
    const first = await system.startWorker(settings);
    await waitFor(async () => (await old.left()) < atStart - 100, { what: 'the worker to move jobs' });
    await first.kill('SIGKILL');
    expect(await old.left()).toBeGreaterThan(0);
    await Promise.all([system.startWorker(settings), system.startWorker()]);

    // An old ingest and a new one, beside the new workers.
    const ingest = await system.startIngest(settings);
    const { delivered, stop } = startWorkload(system, () => ingest);
    const added: string[] = [];
    for (let round = 0; round < 100; round++) {
      const phones = newPeople(system, 5);
      await addOld(phones);
      for (const phone of phones.slice(0, 2)) await old.addPhoneJob(phone);
      added.push(...phones);
      await delay(20);
    }
    await stop();

    await waitFor(async () => (await old.left()) === 0, {
      what: 'the shards to be empty',
      timeoutMs: 90_000,
    });
    await expectAppliedOnce(system, [...backlog, ...added, ...accepted(delivered)]);
    expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('warns of the setting in both services, and names each shard once in a worker', () => {
    const warned = system.logLines.filter((line) => line.includes('QUEUE_SHARDS has no effect'));
    expect(warned.map((line) => (JSON.parse(line) as { service: string }).service).sort()).toEqual([
      'ingest',
      'worker',
      'worker',
    ]);
    const said = system.logLines.filter((line) => line.includes('queue shard of an earlier version'));
    expect(said).toHaveLength(3 * (SHARDS - 1));
  });
});
