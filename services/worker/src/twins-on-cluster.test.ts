import { Cluster } from 'ioredis';
import { e164Spellings, type E164, type Subject } from '@optout-sync/shared/domain';
import { Ledger, type LedgerEntry } from '@optout-sync/shared/ledger';
import { startCluster, type RedisCluster } from '@optout-sync/testkit';
import { keyAsSpelled, oldLedger } from './test-support/old-ledger';
import { inboundEvent } from './test-support/worker-harness';

jest.setTimeout(180_000);

const PREFIX = 'twins';
const NOW = 1_772_013_598_000;

let cluster: RedisCluster;
let redis: Cluster;
let ledger: Ledger;
let old: Ledger;
beforeAll(async () => {
  cluster = await startCluster();
  redis = new Cluster([...cluster.nodes]);
  ledger = new Ledger(redis, { prefix: PREFIX });
  old = oldLedger(redis, PREFIX);
});
afterAll(async () => {
  redis.disconnect();
  await cluster.stop();
});
afterEach(() => {
  jest.restoreAllMocks();
});

interface Twins {
  readonly own: Subject;
  readonly other: Subject;
  readonly keys: { readonly own: string; readonly other: string };
}

let next = 10_000_000;

/** A number nobody has used, whose two spellings are on different masters. */
async function freshTwins(): Promise<Twins> {
  for (;;) {
    const [canonical, spelling] = e164Spellings(`+5255${String(next++)}` as E164);
    if (spelling === undefined) throw new Error('the number has one spelling');
    const own: Subject = { workspace: 'default', channel: 'sms', phone: canonical };
    const other: Subject = { ...own, phone: spelling };
    const keys = { own: keyAsSpelled(PREFIX, own), other: keyAsSpelled(PREFIX, other) };
    if ((await cluster.ownerOf(keys.own)) !== (await cluster.ownerOf(keys.other)))
      return { own, other, keys };
  }
}

const says = (kind: 'stop' | 'start', at: number, sender = '+15005550006'): ReturnType<typeof inboundEvent> =>
  inboundEvent('+14155550101', { kind, sender, occurredAt: NOW + at, receivedAt: NOW + at });

const sidsOf = (entry: LedgerEntry | undefined): string[] =>
  (entry?.history ?? []).map(({ messageSid }) => messageSid as string).sort();
const stateOf = (entry: LedgerEntry | undefined, sender = '+15005550006'): string | undefined =>
  entry?.senders.get(sender)?.state;

type Replace = (key: string, ...args: (string | number)[]) => Promise<number>;

/** Runs `before` in place of each write of the merge to that entry; `write` carries it out. */
function onReplace(key: string, before: (write: () => Promise<number>) => Promise<number>): void {
  const client = redis as unknown as { optoutReplaceEntry: Replace };
  const original = client.optoutReplaceEntry.bind(client);
  jest
    .spyOn(client, 'optoutReplaceEntry')
    .mockImplementation((target, ...args) =>
      target === key ? before(() => original(target, ...args)) : original(target, ...args),
    );
}

describe('entries under two spellings, in two slots of a cluster', () => {
  it('are merged into the canonical one', async () => {
    const { own, other, keys } = await freshTwins();
    const [stop, start] = [says('stop', 0), says('start', 1_000)];
    await old.record(own, stop);
    await old.record(other, start);
    await ledger.mergeTwins(own);
    const entry = await ledger.read(own);
    expect(sidsOf(entry)).toEqual([stop.messageSid, start.messageSid].map(String).sort());
    expect(stateOf(entry)).toBe('started');
    expect(await redis.exists(keys.other)).toBe(0);
  });

  it('are both there after a crash between the two steps, and the next touch deletes the other one', async () => {
    const { own, other, keys } = await freshTwins();
    await old.record(own, says('stop', 0));
    await old.markApplied(own, 1, { outcome: 'applied', people: ['a'] });
    await old.record(other, says('stop', 1_000, '+15005550007'));
    onReplace(keys.other, () => Promise.reject(new Error('crash')));
    await expect(ledger.mergeTwins(own)).rejects.toThrow('crash');
    const merged = await ledger.read(own);
    expect(merged).toMatchObject({ version: 2, appliedVersion: 0 });
    expect(sidsOf(merged)).toHaveLength(2);
    expect(await redis.exists(keys.other)).toBe(1);
    jest.restoreAllMocks();

    // The sync of the merged version has ended meanwhile: what is merged already makes no further one.
    await ledger.markApplied(own, 2, { outcome: 'applied', people: ['a', 'b'] });
    await ledger.mergeTwins(own);
    expect(await ledger.read(own)).toMatchObject({ version: 2, appliedVersion: 2, people: ['a', 'b'] });
    expect(await redis.exists(keys.other)).toBe(0);
  });

  it('lose no message that an old worker records between the two steps', async () => {
    const { own, other, keys } = await freshTwins();
    const messages = [says('stop', 0), says('start', 1_000), says('stop', 2_000)] as const;
    await old.record(own, messages[0]);
    await old.record(other, messages[1]);
    let writes = 0;
    onReplace(keys.other, async (write) => {
      if (writes++ === 0) await old.record(other, messages[2]);
      return write();
    });
    await ledger.mergeTwins(own);
    expect(writes).toBe(2);
    const entry = await ledger.read(own);
    expect(sidsOf(entry)).toEqual(messages.map(({ messageSid }) => String(messageSid)).sort());
    expect(stateOf(entry)).toBe('stopped');
    expect(await redis.exists(keys.other)).toBe(0);
  });

  it('lose no message that is recorded under the canonical spelling while they are united', async () => {
    const { own, other, keys } = await freshTwins();
    const messages = [says('stop', 0), says('stop', 1_000, '+15005550007'), says('start', 2_000)] as const;
    await old.record(own, messages[0]);
    await old.record(other, messages[1]);
    let writes = 0;
    onReplace(keys.own, async (write) => {
      if (writes++ === 0) await old.record(own, messages[2]);
      return write();
    });
    await ledger.mergeTwins(own);
    expect(writes).toBe(2);
    const entry = await ledger.read(own);
    expect(sidsOf(entry)).toEqual(messages.map(({ messageSid }) => String(messageSid)).sort());
    expect([stateOf(entry), stateOf(entry, '+15005550007')]).toEqual(['started', 'stopped']);
  });

  it('are due again when an old worker marks its entry after it was merged and deleted', async () => {
    const { own, other, keys } = await freshTwins();
    await old.record(other, says('stop', 0));
    await ledger.mergeTwins(own);
    await ledger.markApplied(own, 2, { outcome: 'applied', people: ['a'] });
    // As a worker of an earlier release does, which does not look whether the entry has the version.
    await redis.hset(keys.other, { a: '1', p: 'late', wa: '1' });
    await ledger.mergeTwins(own);
    const entry = await ledger.read(own);
    expect(entry).toMatchObject({ version: 3, people: ['a', 'late'] });
    expect(entry?.appliedVersion).toBeLessThan(3);
    expect(stateOf(entry)).toBe('stopped');
    expect(await redis.exists(keys.other)).toBe(0);
  });

  it('end as one entry with every message, whatever old and new workers record at the same time', async () => {
    const { own, other, keys } = await freshTwins();
    const senders = ['+15005550006', '+15005550007', '+15005550008'];
    const messages = Array.from({ length: 60 }, (_, n) =>
      says(n % 2 === 0 ? 'stop' : 'start', n * 1_000, senders[n % senders.length]),
    );
    await Promise.all(
      messages.map(async (message, n) => {
        if (n % 3 === 0) await old.record(other, message);
        else await ledger.record(own, message);
        if (n % 5 === 0) await ledger.mergeTwins(other);
      }),
    );
    await ledger.mergeTwins(own);
    const entry = await ledger.read(own);
    expect(sidsOf(entry)).toEqual(messages.map(({ messageSid }) => String(messageSid)).sort());
    const last = senders.map((_, n) => messages.findLast((__, index) => index % senders.length === n));
    expect(senders.map((sender) => entry?.senders.get(sender)?.messageSid)).toEqual(
      last.map((message) => message?.messageSid),
    );
    expect(await redis.exists(keys.other)).toBe(0);
  });
});
