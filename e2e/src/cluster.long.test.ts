import { waitFor } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import type { RedisCluster } from '@optout-sync/testkit';
import type { Running, System } from '@optout-sync/testkit/system';
import { expectItWorks, systemOnCluster } from './support/redis-modes';
import { accepted, expectAppliedOnce, startWorkload } from './support/stop-workload';

jest.setTimeout(120_000);

let system: System;
let cluster: RedisCluster;
let ingest: Running;

beforeAll(async () => {
  ({ system, cluster } = await systemOnCluster());
  ingest = await system.startIngest();
  await system.startWorker();
});
afterAll(async () => {
  await system.stop();
});

const ownerOf = (queue: Pick<System['queues']['inbound'], 'toKey'>): Promise<ProvidedRedis> =>
  cluster.ownerOf(queue.toKey('wait'));

describe('the system on a Redis Cluster', () => {
  it('works as on a single Redis', async () => {
    await expectItWorks(system, ingest);
  });

  it.each(['with the queues', 'with ledger entries only'])(
    'loses nothing when the master %s is killed under load and restarted',
    async (which) => {
      const first = await ownerOf(system.queues.inbound);
      const master = which === 'with the queues' ? first : cluster.servers.find((one) => one !== first);
      const { delivered, stop } = startWorkload(system, () => ingest);
      await waitFor(() => delivered.length >= 100, { what: 'the workload' });
      await master?.kill('SIGKILL');
      const atDeath = delivered.length;
      await waitFor(() => delivered.length >= atDeath + 200, {
        what: 'the workload without that master',
        timeoutMs: 30_000,
      });
      await master?.restart();
      await waitFor(async () => (await system.metric('optout_spool_items')) === 0, {
        what: 'the spool to be empty',
        timeoutMs: 30_000,
      });
      const back = delivered.length;
      await waitFor(() => delivered.length >= back + 100, { what: 'the workload with all masters' });
      await stop();

      expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200]));
      expect(Math.max(...delivered.map(({ ms }) => ms))).toBeLessThan(15_000);
      await expectAppliedOnce(system, accepted(delivered));
      expect(system.logLines.join('\n')).toContain('recent jobs are enqueued again');
    },
  );

  it('logs nothing but JSON', () => {
    expect(system.logLines.filter((line) => !line.startsWith('{'))).toEqual([]);
  });
});
