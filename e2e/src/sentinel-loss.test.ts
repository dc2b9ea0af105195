import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import type { RedisSentinels } from '@optout-sync/testkit';
import type { Running, System } from '@optout-sync/testkit/system';
import { failoverFrom, lost, systemOnSentinels } from './redis-modes';
import { deliverStop, expectAppliedOnce, newPeople, taken, tellAgain, type Delivered } from './traffic';

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
  // What is taken waits in Redis.
  await worker.stop();
  await group.inStep();
  master = await group.master();
});

const said = (count: number): Promise<Delivered[]> =>
  Promise.all(newPeople(system, count).map((phone) => deliverStop(system, ingest, phone)));

/** Does what brings messages while the replicas hear nothing, then lets the master die. */
async function whileCutOff(bring: () => Promise<Delivered[]>): Promise<Delivered[]> {
  const replicas = group.servers.filter((server) => server !== master);
  for (const replica of replicas) await replica.kill('SIGSTOP');
  await group.cutReplicas(master);
  const delivered = await bring();
  await master.kill('SIGKILL');
  for (const replica of replicas) await replica.kill('SIGCONT');
  await failoverFrom(master, group);
  worker = await system.startWorker();
  return delivered;
}

describe('a failover to replicas that lag behind', () => {
  it('loses what only the old master had; comparing finds it, and telling it again mends it', async () => {
    const kept = await said(10);
    await group.inStep();
    const onlyThere = await whileCutOff(async () => {
      const delivered = await said(20);
      expect(await system.metric('optout_spool_items')).toBe(0);
      return delivered;
    });
    const all = [...kept, ...onlyThere];
    expect(taken(all)).toHaveLength(30);

    expect(await lost(system, all)).toEqual(onlyThere);
    await expectAppliedOnce(system, taken(kept));
    expect(taken(onlyThere).flatMap((phone) => system.attribute(phone))).toEqual(
      onlyThere.map(() => undefined),
    );

    expect(await tellAgain(system, ingest, all)).toBe(200);
    await expectAppliedOnce(system, taken(all));
    await master.restart();
  });

  it('loses nothing where the master takes writes only with a replica at hand: the spool has it', async () => {
    await group.configure('min-replicas-to-write', '1');
    const stops = await whileCutOff(async () => {
      const delivered = await said(20);
      expect(await system.metric('optout_spool_items')).toBe(20);
      return delivered;
    });
    expect(taken(stops)).toHaveLength(20);
    await expectAppliedOnce(system, taken(stops));
  });
});
