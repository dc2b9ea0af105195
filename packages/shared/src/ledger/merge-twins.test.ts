import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { InboundEvent } from '../domain/inbound-event';
import type { E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { Ledger } from './ledger';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const CANONICAL = '+525512345678' as E164;
const OTHER = '+5215512345678' as E164;
const NOW = 1_772_013_598_000;

const sid = (n: number): string => `SM${n.toString(16).padStart(32, '0')}`;
const message = (n: number, kind: 'stop' | 'start', at: number, sender = '+15005550006'): InboundEvent =>
  InboundEvent.parse({
    version: 1,
    messageSid: sid(n),
    accountSid: 'AC1',
    kind,
    channel: 'whatsapp',
    phone: CANONICAL,
    sender,
    source: 'webhook',
    occurredAt: NOW + at,
    receivedAt: NOW + at,
  });

/** A ledger of a version that stores an entry under the spelling that Twilio sent, and merges none. */
function oldLedger(prefix: string): Ledger {
  const spelled =
    (hash: string) =>
    ({ workspace, channel, phone }: Subject): string =>
      `${prefix}:${hash}:{${workspace}:${channel}:${phone}}`;
  return Object.assign(new Ledger(redis, { prefix }), {
    key: spelled('ledger'),
    historyKey: spelled('history'),
    twins: { merge: () => Promise.resolve() },
  });
}

describe('entries under two spellings of a number', () => {
  let prefix: string;
  let ledger: Ledger;
  let old: Ledger;
  const subject: Subject = { workspace: 'default', channel: 'whatsapp', phone: CANONICAL };
  const twin: Subject = { ...subject, phone: OTHER };
  const keys = async (): Promise<string[]> => (await redis.keys(`${prefix}:ledger:*`)).sort();

  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
    ledger = new Ledger(redis, { prefix });
    old = oldLedger(prefix);
  });

  it('are never written by this version, whichever spelling it is given', async () => {
    await ledger.record(twin, message(1, 'stop', 0));
    expect(await keys()).toEqual([`${prefix}:ledger:{default:whatsapp:${CANONICAL}}`]);
    expect(await ledger.read(twin)).toEqual(await ledger.read(subject));
  });

  it('are one entry after a message, and a sync is due', async () => {
    await old.record(twin, message(1, 'stop', 0));
    await old.markApplied(twin, 1, { outcome: 'applied', people: ['a'] });
    const recorded = await ledger.record(subject, message(2, 'start', 1_000, '+15005550007'));
    expect(recorded).toMatchObject({ result: 'recorded', needsSync: true });
    expect(await keys()).toHaveLength(1);
    const entry = await ledger.read(subject);
    expect([...(entry?.senders ?? [])].map(([name, { state }]) => [name, state])).toEqual([
      ['+15005550006', 'stopped'],
      ['+15005550007', 'started'],
    ]);
    expect(entry).toMatchObject({ version: 3, appliedVersion: 1, people: ['a'] });
  });

  it('are due even when the message is known under the other spelling', async () => {
    await old.record(twin, message(1, 'stop', 0));
    await old.markApplied(twin, 1, { outcome: 'applied', people: [] });
    expect(await ledger.record(subject, message(1, 'stop', 0))).toMatchObject({
      result: 'duplicate',
      needsSync: true,
    });
  });

  it('are one entry after a merge, which changes nothing when it is repeated', async () => {
    await old.record(subject, message(1, 'stop', 0));
    await old.record(twin, message(2, 'start', 1_000));
    await ledger.mergeTwins(subject);
    const entry = await ledger.read(subject);
    expect(entry).toMatchObject({ version: 2, appliedVersion: 0 });
    expect(entry?.senders.get('+15005550006')?.state).toBe('started');
    await ledger.mergeTwins(subject);
    expect(await ledger.read(subject)).toEqual(entry);
    expect(await keys()).toHaveLength(1);
  });

  it('are not pruned before they are merged, since the messages of both say when an opt-out began', async () => {
    const said = [
      [subject, 'stop', 0],
      [twin, 'start', 1_000],
      [subject, 'stop', 2_000],
      [subject, 'stop', 9_000],
    ] as const;
    for (const [n, [of, kind, at]] of said.entries()) {
      const { version } = await old.record(of, message(n + 1, kind, at));
      await old.markApplied(of, version, { outcome: 'applied', people: [] });
    }
    expect(await ledger.prune(subject, NOW + 100_000)).toBe(0);
    await ledger.mergeTwins(subject);
    const since = async () => (await ledger.read(subject))?.senders.get('+15005550006')?.since;
    expect(await since()).toBe(NOW + 2_000);
    expect(await ledger.prune(subject, NOW + 100_000)).toBeGreaterThan(0);
    expect(await since()).toBe(NOW + 2_000);
  });

  it('are shown as one entry before they are merged', async () => {
    await old.record(subject, message(1, 'stop', 0));
    await old.record(twin, message(2, 'stop', 1_000, '+15005550007'));
    const shown = await ledger.readWhole(subject);
    expect(shown?.history).toHaveLength(2);
    expect(await keys()).toHaveLength(2);
    await ledger.mergeTwins(subject);
    const merged = await ledger.readWhole(subject);
    expect(merged).toEqual({ ...shown, versions: merged?.versions });
  });

  it('have a note on the version that the merge makes: when, by which build, and when it was applied', async () => {
    await old.record(subject, message(1, 'stop', 0));
    await old.record(twin, message(2, 'start', 1_000));
    const before = await ledger.now();
    await new Ledger(redis, { prefix, origin: 'abc123' }).mergeTwins(subject);
    const notes = async () => (await ledger.read(subject))?.versions ?? [];
    const made = (await notes()).at(-1);
    expect(made).toMatchObject({ version: 2, writtenBy: 'abc123', cause: 'merge', messageSid: '' });
    expect(made?.writtenAt).toBeGreaterThanOrEqual(before);
    expect(made).not.toHaveProperty('appliedAt');
    const newer = new Ledger(redis, { prefix, origin: 'def456' });
    await newer.markApplied(subject, 2, { outcome: 'applied', people: [] });
    expect((await notes()).at(-1)).toMatchObject({ version: 2, appliedBy: 'def456' });
  });

  it('end a message that waited as stale where the other entry has a later one of another kind', async () => {
    await old.record(subject, message(1, 'stop', 0));
    await old.record(twin, message(2, 'start', 1_000));
    await old.record(twin, message(3, 'stop', -1_000));
    await ledger.mergeTwins(subject);
    const { settled } = await ledger.markApplied(subject, 2, { outcome: 'applied', people: ['a'] });
    expect(Object.fromEntries(settled.map(({ messageSid, outcome }) => [messageSid, outcome]))).toEqual({
      [sid(1)]: 'stale',
      [sid(2)]: 'applied',
    });
  });

  it('are one entry with the older messages of both, which the next message moves to its history again', async () => {
    const many = (from: number): InboundEvent[] =>
      Array.from({ length: 60 }, (_, n) =>
        message(from + n, n % 2 === 0 ? 'stop' : 'start', (from + n) * 1_000),
      );
    for (const event of many(100)) await old.record(subject, event);
    for (const event of many(200)) await old.record(twin, event);
    const histories = (): Promise<string[]> => redis.keys(`${prefix}:history:*`);
    expect(await histories()).toHaveLength(2);
    const shown = await ledger.readWhole(subject);
    expect(shown?.history).toHaveLength(120);
    await ledger.record(subject, message(900, 'stop', 900_000));
    expect(await keys()).toHaveLength(1);
    expect(await histories()).toEqual([`${prefix}:history:{default:whatsapp:${CANONICAL}}`]);
    const whole = await ledger.readWhole(subject);
    expect(whole?.history).toHaveLength(121);
    expect(await redis.hexists(`${prefix}:ledger:{default:whatsapp:${CANONICAL}}`, 'c')).toBe(0);
    expect(whole?.senders.get('+15005550006')).toMatchObject({ state: 'stopped', messageSid: sid(900) });
    expect((await ledger.read(subject))?.history.length).toBeLessThan(60);
    expect(await ledger.record(subject, message(201, 'start', 201_000))).toMatchObject({
      result: 'duplicate',
    });
  });

  it('are merged once by many at the same time', async () => {
    await old.record(subject, message(1, 'stop', 0));
    await old.record(twin, message(2, 'stop', 1_000, '+15005550007'));
    await Promise.all(Array.from({ length: 20 }, () => ledger.mergeTwins(subject)));
    expect(await ledger.read(subject)).toMatchObject({ version: 2 });
    expect(await keys()).toHaveLength(1);
  });

  it('are listed each under its own spelling', async () => {
    await old.record(subject, message(1, 'stop', 0));
    await old.record(twin, message(2, 'stop', 0));
    const phones: string[] = [];
    let page: Awaited<ReturnType<Ledger['list']>> | undefined;
    do {
      const cursor = page?.next === undefined ? {} : { cursor: page.next };
      page = await ledger.list({ matches: () => true, limit: 10, ...cursor });
      phones.push(...page.entries.map(({ subject: { phone } }) => phone));
    } while (page.next !== undefined);
    expect([...new Set(phones)].sort()).toEqual([OTHER, CANONICAL].sort());
  });
});
