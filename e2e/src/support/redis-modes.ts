import { waitFor } from '@optout-sync/local-runtime/process';
import type { ProvidedRedis } from '@optout-sync/local-runtime/redis';
import {
  startCluster,
  startSentinels,
  type RedisCluster,
  type RedisSentinels,
  type TlsFiles,
} from '@optout-sync/testkit';
import { System, type Running } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import { deliverStop, expectAppliedOnce, newPeople, redeliver, type Delivered } from './stop-workload';

const nodeList = (nodes: RedisSentinels['nodes']): string =>
  nodes.map(({ host, port }) => `${host}:${String(port)}`).join(',');

/** How services find servers that ask for TLS, with a certificate authority of their own. */
const tlsEnv = ({ file }: TlsFiles): Record<string, string> => ({
  REDIS_URL: 'rediss://any',
  NODE_EXTRA_CA_CERTS: file,
});

/** Starts the system on a Redis master with replicas and sentinels. */
export async function systemOnSentinels(tls?: TlsFiles): Promise<{ system: System; group: RedisSentinels }> {
  const group = await startSentinels(tls && { tls });
  const env = {
    REDIS_MODE: 'sentinel',
    REDIS_NODES: nodeList(group.nodes),
    REDIS_SENTINEL_NAME: group.name,
    ...(tls && tlsEnv(tls)),
  };
  return { group, system: await System.start({ redis: { env, stop: () => group.stop() } }) };
}

/** Starts the system on a Redis Cluster of three masters. */
export async function systemOnCluster(
  options: { readonly tls?: TlsFiles; readonly replicas?: boolean } = {},
): Promise<{ system: System; cluster: RedisCluster }> {
  const cluster = await startCluster(options);
  const { tls } = options;
  const env = { REDIS_MODE: 'cluster', REDIS_NODES: nodeList(cluster.nodes), ...(tls && tlsEnv(tls)) };
  return { cluster, system: await System.start({ redis: { env, stop: () => cluster.stop() } }) };
}

/** Resolves when the sentinels agree on a master other than `master`. */
export function failoverFrom(master: ProvidedRedis, group: RedisSentinels): Promise<true> {
  return waitFor(async () => (await group.master()) !== master, { what: 'the failover', timeoutMs: 60_000 });
}

/** Waits until the spool and the queues are empty. Returns the STOPs that are missing in the ledger. */
export async function missing(system: System, delivered: readonly Delivered[]): Promise<Delivered[]> {
  const queues = [system.queues.inbound, system.queues.syncOf('default')];
  const jobsIn = (queue: (typeof queues)[number]) =>
    queue.getJobCountByTypes('waiting', 'prioritized', 'active', 'delayed');
  await waitFor(
    async () => {
      const waiting = [await system.metric('optout_spool_items'), ...(await Promise.all(queues.map(jobsIn)))];
      if (waiting.some((count) => count > 0)) throw new Error(`waiting: ${waiting.join(', ')}`);
      return true;
    },
    { what: 'the spool, the inbound and the sync queue to be empty', timeoutMs: 60_000 },
  );
  const entries = await Promise.all(delivered.map(({ phone }) => system.entry(phone)));
  return delivered.filter((_, n) => entries[n] === undefined);
}

/** What works with every kind of Redis: STOPs, batches, duplicates and the operators' commands. */
export async function expectItWorks(system: System, ingest: Running): Promise<void> {
  const phones = newPeople(system, 40);
  const stops = await Promise.all(phones.map((phone) => deliverStop(system, ingest, phone)));
  expect(stops.map(({ status }) => status)).toEqual(phones.map(() => 200));
  await expectAppliedOnce(system, phones);

  expect(await redeliver(system, ingest, stops)).toBe(200);
  await waitFor(async () => (await system.metric('optout_events_total', 'outcome="duplicate"')) === 40, {
    what: '40 duplicates',
  });
  await expectAppliedOnce(system, phones);

  const [{ phone, messageSid }] = stops as [Delivered];
  expect(await system.cli(['optouts', 'show', phone])).toMatchObject({
    code: 0,
    out: expect.stringContaining('applied') as string,
  });
  await system.deliver(ingest, twilioMessage({ MessageSid: 'SM-odd', SmsSid: 'SM-odd', From: phone }));
  await waitFor(async () => (await system.cli(['dlq', 'list'])).out.includes('message_not_understood'), {
    what: 'the dead letter',
  });
  expect(await system.metric('optout_queue_jobs', 'queue="dead-letters"', 'state="waiting"')).toBe(1);
  expect(await system.queues.deadLetters.discard({})).toBe(1);

  const entry = { workspace: 'default', channel: 'sms', phone, sender: 'MG1', messageSid, receivedAt: 1 };
  await system.reviews.add(entry as Parameters<typeof system.reviews.add>[0]);
  expect((await system.cli(['review', 'list'])).out).toContain('MG1');
  expect(await system.reviews.done(messageSid)).toBe(true);
}
