import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import type { RedisSentinels } from '@optout-sync/testkit';
import type { Running, System } from '@optout-sync/testkit/system';
import { failoverFrom, missing, systemOnSentinels } from './support/redis-modes';
import {
  accepted,
  deliverStop,
  expectAppliedOnce,
  newPeople,
  redeliver,
  type Delivered,
} from './support/stop-workload';

jest.setTimeout(120_000);

let system: System;
let group: RedisSentinels;
let ingest: Running;
let worker: Running;
let master: ProvidedRedis;

beforeAll(async () => {
  ({ system, group } = await systemOnSentinels());
  ingest = await system.startIngest();
  worker = await system.startWorker();
});
afterAll(async () => {
  await system.stop();
});
beforeEach(async () => {
  // Without a worker accepted events wait in Redis.
  await worker.stop();
  await group.inStep();
  master = await group.master();
});

const deliverStops = (count: number): Promise<Delivered[]> =>
  Promise.all(newPeople(system, count).map((phone) => deliverStop(system, ingest, phone)));

/** Calls `deliver` while the replicas receive nothing from the master, then kills the master. */
async function whileCutOff(deliver: () => Promise<Delivered[]>): Promise<Delivered[]> {
  const replicas = group.servers.filter((server) => server !== master);
  for (const replica of replicas) await replica.kill('SIGSTOP');
  await group.cutReplicas(master);
  const delivered = await deliver();
  await master.kill('SIGKILL');
  for (const replica of replicas) await replica.kill('SIGCONT');
  await failoverFrom(master, group);
  worker = await system.startWorker();
  return delivered;
}

describe('a failover to replicas that lag', () => {
  it('loses what only the old master had; a comparison finds it, and a redelivery restores it', async () => {
    const replicated = await deliverStops(10);
    await group.inStep();
    const notReplicated = await whileCutOff(async () => {
      const delivered = await deliverStops(20);
      expect(await system.metric('optout_spool_items')).toBe(0);
      return delivered;
    });
    const all = [...replicated, ...notReplicated];
    expect(accepted(all)).toHaveLength(30);

    expect(await missing(system, all)).toEqual(notReplicated);
    await expectAppliedOnce(system, accepted(replicated));
    expect(accepted(notReplicated).flatMap((phone) => system.attribute(phone))).toEqual(
      notReplicated.map(() => undefined),
    );

    expect(await redeliver(system, ingest, all)).toBe(200);
    await expectAppliedOnce(system, accepted(all));
    await master.restart();
  });

  it('loses nothing when the master requires a replica for writes: the spool stores the events', async () => {
    await group.configure('min-replicas-to-write', '1');
    const stops = await whileCutOff(async () => {
      const delivered = await deliverStops(20);
      expect(await system.metric('optout_spool_items')).toBe(20);
      return delivered;
    });
    expect(accepted(stops)).toHaveLength(20);
    await expectAppliedOnce(system, accepted(stops));
  });
});
