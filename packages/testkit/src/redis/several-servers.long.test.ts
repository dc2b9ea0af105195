import { Cluster, Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { portOf, queried } from '@optout-sync/local-runtime/redis';
import { startCluster } from './cluster';
import { startSentinels } from './sentinels';

jest.setTimeout(180_000);

test('a master that is killed is replaced by a replica with its data, and comes back as a replica', async () => {
  const group = await startSentinels();
  const redis = new Redis({ sentinels: [...group.nodes], name: group.name });
  redis.on('error', () => undefined);
  try {
    const first = await group.master();
    expect(first).toBe(group.servers[0]);
    await redis.set('key', 'value');
    await redis.wait(2, 5_000);
    await first.kill('SIGKILL');
    const second = await waitFor(
      async () => {
        const now = await group.master();
        return now !== first && now;
      },
      { what: 'the failover', timeoutMs: 40_000 },
    );
    expect(await queried(portOf(second.url), (client) => client.get('key'))).toBe('value');
    await first.restart();
    await group.inStep();
    expect(await group.master()).toBe(second);
  } finally {
    redis.disconnect();
    await group.stop();
  }
  expect(group.servers.map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
});

test('a cluster stores keys on each of its masters, and has all of them after one is killed', async () => {
  const cluster = await startCluster();
  const redis = new Cluster([...cluster.nodes]);
  redis.on('error', () => undefined);
  try {
    const keys = Array.from({ length: 30 }, (_, n) => `key-${n}`);
    for (const key of keys) await redis.set(key, key);
    const owners = new Set(await Promise.all(keys.map((key) => cluster.ownerOf(key))));
    expect(owners.size).toBe(3);
    const victim = await cluster.ownerOf('key-0');
    expect(await queried(portOf(victim.url), (client) => client.get('key-0'))).toBe('key-0');

    await victim.kill('SIGKILL');
    await victim.restart();
    const read = () => Promise.all(keys.map((key) => redis.get(key)));
    await waitFor(() => read().then(() => true), { what: 'the cluster to be whole', timeoutMs: 30_000 });
    expect(await read()).toEqual(keys);
  } finally {
    redis.disconnect();
    await cluster.stop();
  }
  expect(cluster.servers.map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
});

function isAlive(pid = -1): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
