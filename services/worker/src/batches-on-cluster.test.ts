import { Cluster } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { InboundEvent } from '@optout-sync/shared/domain';
import { Ledger, UnreadableEntryError, type Recorded } from '@optout-sync/shared/ledger';
import { startCluster, type RedisCluster } from '@optout-sync/testkit';
import { inboundEvent } from './test-support/worker-harness';

jest.setTimeout(180_000);

const PREFIX = 'batches';

let cluster: RedisCluster;
let redis: Cluster;
let ledger: Ledger;
beforeAll(async () => {
  cluster = await startCluster();
  redis = new Cluster([...cluster.nodes]);
  ledger = new Ledger(redis, { prefix: PREFIX });
});
afterAll(async () => {
  redis.disconnect();
  await cluster.stop();
});

const subjectOf = ({ phone, channel }: InboundEvent) => ({ workspace: 'default', channel, phone });
const recordAll = async (events: readonly InboundEvent[]): Promise<(string | Error)[]> => {
  const results = await ledger.recordAll(events.map((event) => ({ subject: subjectOf(event), event })));
  return results.map((one: Recorded | Error) => (one instanceof Error ? one : one.result));
};
const keyOf = ({ phone }: InboundEvent): string => `${PREFIX}:ledger:{default:sms:${phone}}`;

describe('a batch on a cluster', () => {
  it('records the events of phones on every master, those of a phone in their order', async () => {
    const at = Date.now() - 60_000;
    const events = Array.from({ length: 50 }, (_, n) =>
      // Ten words of each of five people in turn.
      inboundEvent(`+1415556${String(1_000 + (n % 5))}`, {
        kind: n % 2 === 0 ? 'stop' : 'start',
        occurredAt: at + n * 1_000,
        receivedAt: at + n * 1_000,
      }),
    );
    const owners = await Promise.all(events.map((event) => cluster.ownerOf(keyOf(event))));
    expect(new Set(owners).size).toBeGreaterThan(1);
    expect(await recordAll(events)).toEqual(events.map(() => 'recorded'));
    for (const first of events.slice(0, 5)) {
      const history = (await ledger.read(subjectOf(first)))?.history ?? [];
      const sent = events.filter(({ phone }) => phone === first.phone).map(({ messageSid }) => messageSid);
      expect(history.map(({ messageSid }) => messageSid)).toEqual(sent.slice(-history.length));
      expect(history.at(-1)?.version).toBe(10);
    }
  });

  it('reads the entries of phones on every master', async () => {
    const events = Array.from({ length: 20 }, (_, n) => inboundEvent(`+1415559${String(1_000 + n)}`));
    const owners = await Promise.all(events.map((event) => cluster.ownerOf(keyOf(event))));
    expect(new Set(owners).size).toBeGreaterThan(1);
    await recordAll(events.slice(1));
    await redis.hset(keyOf(events[1]!), 'f', '99');
    const [none, broken, ...others] = await ledger.readAll(events.map(subjectOf));
    expect(none).toBeUndefined();
    expect(broken).toBeInstanceOf(UnreadableEntryError);
    expect(others.map((entry) => entry instanceof Error || entry?.history[0]?.messageSid)).toEqual(
      events.slice(2).map(({ messageSid }) => messageSid),
    );
  });

  it('returns the error of an event that Redis refuses, and records the others', async () => {
    const events = Array.from({ length: 3 }, (_, n) => inboundEvent(`+1415557${String(1_000 + n)}`));
    await redis.set(keyOf(events[1]!), 'broken');
    expect(await recordAll(events)).toEqual([
      'recorded',
      expect.objectContaining({ message: expect.stringContaining('WRONGTYPE') as string }),
      'recorded',
    ]);
  });

  it('settles an entry while the master of one that is settled in the same turn hangs', async () => {
    const events = Array.from({ length: 20 }, (_, n) => inboundEvent(`+1415558${String(1_000 + n)}`));
    const owners = await Promise.all(events.map((event) => cluster.ownerOf(keyOf(event))));
    const elsewhere = owners.findIndex((owner) => owner !== owners[0]);
    await recordAll(events);
    let isSettled = false;
    await owners[0]!.kill('SIGSTOP');
    const [held, free] = [events[0]!, events[elsewhere]!].map((event) =>
      ledger.markApplied(subjectOf(event), 1, { outcome: 'applied', people: [] }),
    );
    void free?.then(() => (isSettled = true));
    try {
      await waitFor(() => isSettled, { what: 'the other entry' });
    } finally {
      await owners[0]!.kill('SIGCONT');
    }
    expect(await Promise.all([held, free])).toMatchObject([{ needsSync: false }, { needsSync: false }]);
  });
});
