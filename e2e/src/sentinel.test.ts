import { waitFor, type ProvidedRedis, type RedisSentinels } from '@optout-sync/testkit';
import { expectItWorks, systemOnSentinels } from './redis-modes';
import type { Running, System } from './system';
import { deliverStop, expectAppliedOnce, newPeople, taken, tellAgain, traffic, type Delivered } from './traffic';

jest.setTimeout(120_000);

let system: System;
let group: RedisSentinels;
let ingest: Running;
let worker: Running;

beforeAll(async () => {
  ({ system, group } = await systemOnSentinels());
  ingest = await system.startIngest();
  worker = await system.startWorker();
});
afterAll(async () => {
  await system.stop();
});

/** Kills the master; gives it once the sentinels agree on another. */
async function failover(): Promise<ProvidedRedis> {
  const master = await group.master();
  await master.kill('SIGKILL');
  await otherThan(master);
  return master;
}

const otherThan = (master: ProvidedRedis): Promise<true> =>
  waitFor(async () => (await group.master()) !== master, { what: 'the failover', timeoutMs: 60_000 });

const spooled = () => system.metric('optout_spool_items');

/** Whose STOP the ledger does not know, once all that Redis and the spool have is done. */
async function lost(delivered: readonly Delivered[]): Promise<Delivered[]> {
  await waitFor(
    async () => {
      const counts = await Promise.all(
        [system.queues.inbound, system.queues.syncOf('default')].map((queue) =>
          queue.getJobCountByTypes('waiting', 'active', 'delayed'),
        ),
      );
      return (await spooled()) === 0 && counts.every((count) => count === 0);
    },
    { what: 'the queues and the spool to be empty', timeoutMs: 60_000 },
  );
  const entries = await Promise.all(delivered.map(({ phone }) => system.entry(phone)));
  return delivered.filter((_, n) => entries[n] === undefined);
}

describe('with sentinels', () => {
  it('does what it does with one Redis', async () => {
    await expectItWorks(system, ingest);
  });

  it('answers success throughout a failover under load, and what it took ends applied', async () => {
    const { delivered, stop } = traffic(system, () => ingest);
    await waitFor(() => delivered.length >= 100, { what: 'traffic' });
    const old = await failover();
    await waitFor(async () => (await spooled()) === 0, { what: 'the spool to be empty', timeoutMs: 30_000 });
    const after = delivered.length;
    await waitFor(() => delivered.length >= after + 100, { what: 'traffic with the new master' });
    await old.restart();
    await stop();

    expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200]));
    expect(Math.max(...delivered.map(({ ms }) => ms))).toBeLessThan(15_000);
    // Replication is asynchronous: the new master may lack the last messages that the old one took.
    const missing = await lost(delivered);
    expect(missing.length).toBeLessThan(100);
    if (missing.length > 0) expect(await tellAgain(system, ingest, missing)).toBe(200);
    await expectAppliedOnce(system, taken(delivered));
    await group.inStep();
  });

  it('loses what only the old master had, which comparing finds and telling it again mends', async () => {
    const master = await group.master();
    await worker.stop();
    const kept = await Promise.all(newPeople(system, 10).map((phone) => deliverStop(system, ingest, phone)));
    await group.inStep();
    const replicas = group.servers.filter((server) => server !== master);
    for (const replica of replicas) await replica.kill('SIGSTOP');
    await group.cutReplicas(master);
    const onlyThere = await Promise.all(
      newPeople(system, 20).map((phone) => deliverStop(system, ingest, phone)),
    );
    expect(taken([...kept, ...onlyThere])).toHaveLength(30);
    expect(await spooled()).toBe(0);
    await master.kill('SIGKILL');
    for (const replica of replicas) await replica.kill('SIGCONT');
    await otherThan(master);
    worker = await system.startWorker();

    expect(await lost([...kept, ...onlyThere])).toEqual(onlyThere);
    await expectAppliedOnce(system, taken(kept));
    expect(taken(onlyThere).flatMap((phone) => system.attribute(phone))).toEqual(onlyThere.map(() => undefined));

    expect(await tellAgain(system, ingest, [...kept, ...onlyThere])).toBe(200);
    await expectAppliedOnce(system, taken([...kept, ...onlyThere]));
    await master.restart();
    await group.inStep();
  });

  it('keeps it in the spool where the master must have a replica that follows', async () => {
    const master = await group.master();
    await group.configure('min-replicas-to-write', '1');
    await worker.stop();
    const replicas = group.servers.filter((server) => server !== master);
    for (const replica of replicas) await replica.kill('SIGSTOP');
    await group.cutReplicas(master);
    const stops = await Promise.all(newPeople(system, 20).map((phone) => deliverStop(system, ingest, phone)));
    expect(taken(stops)).toHaveLength(20);
    expect(await spooled()).toBe(20);
    await master.kill('SIGKILL');
    for (const replica of replicas) await replica.kill('SIGCONT');
    await otherThan(master);
    worker = await system.startWorker();
    await expectAppliedOnce(system, taken(stops));
  });
});
