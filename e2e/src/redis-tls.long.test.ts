import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import type { TlsFiles } from '@optout-sync/testkit';
import type { System } from '@optout-sync/testkit/system';
import { makeCertificate } from './support/certificate';
import { expectItWorks, missing, systemOnCluster, systemOnSentinels } from './support/redis-modes';
import { accepted, expectAppliedOnce, redeliver, startWorkload } from './support/stop-workload';
import { trust } from './support/trust';

jest.setTimeout(180_000);

let folder: string;
let certificate: TlsFiles;
let distrust: () => void;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'optout-sync-tls-'));
  certificate = makeCertificate(folder, 'redis.example.com');
  distrust = trust(certificate.file);
});
afterAll(async () => {
  distrust();
  await rm(folder, { recursive: true });
});

interface Group {
  readonly system: System;
  /** The master that holds the queues. */
  readonly master: () => Promise<ProvidedRedis>;
}

async function sentinels(): Promise<Group> {
  const { system, group } = await systemOnSentinels(certificate);
  return { system, master: () => group.master() };
}
async function cluster(): Promise<Group> {
  const { system, cluster: group } = await systemOnCluster({ tls: certificate, replicas: true });
  return { system, master: () => group.ownerOf(system.queues.inbound.toKey('wait')) };
}

describe.each([
  ['sentinels', sentinels],
  ['a cluster with replicas', cluster],
] as const)('the system on %s, by TLS', (_, start) => {
  it('works, stays healthy when a master is killed, and goes on with its replica', async () => {
    const { system, master } = await start();
    try {
      const ingest = await system.startIngest();
      const worker = await system.startWorker();
      const healthOf = async ({ adminPort }: { adminPort: number }, path: string): Promise<number> =>
        (await fetch(`http://127.0.0.1:${String(adminPort)}${path}`)).status;
      await expectItWorks(system, ingest);

      const { delivered, stop } = startWorkload(system, () => ingest);
      await waitFor(() => delivered.length >= 50, { what: 'the workload' });
      await (await master()).kill('SIGKILL');
      expect(await healthOf(ingest, '/healthz')).toBe(200);
      expect(await healthOf(worker, '/healthz')).toBe(200);
      // Its replica takes over: events go to Redis again, without the one that was killed.
      const drained = async (): Promise<boolean> =>
        (await healthOf(worker, '/readyz')) === 200 && (await system.metric('optout_spool_items')) === 0;
      const atDeath = delivered.length;
      await waitFor(() => delivered.length >= atDeath + 50, { what: 'the workload after the kill' });
      await waitFor(drained, { what: 'the replica to take over', timeoutMs: 60_000 });
      const after = delivered.length;
      await waitFor(() => delivered.length >= after + 50, { what: 'the workload on the replica' });
      await stop();
      expect(await healthOf(ingest, '/healthz')).toBe(200);
      expect(await healthOf(worker, '/healthz')).toBe(200);

      expect(new Set(delivered.map(({ status }) => status))).toEqual(new Set([200]));
      // What only the old master had is reported again, as Event Streams do.
      const lost = await missing(system, delivered);
      if (lost.length > 0) expect(await redeliver(system, ingest, lost)).toBe(200);
      await expectAppliedOnce(system, accepted(delivered));
    } finally {
      await system.stop();
    }
  });
});
