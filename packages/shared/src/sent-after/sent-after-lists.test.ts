import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Subject } from '../domain/subject';
import { SentAfterCursorError, SentAfterEntry, SentAfterLists } from './sent-after-lists';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let prefix: string;
let lists: SentAfterLists;
beforeEach(() => {
  prefix = `test-${randomUUID()}`;
  lists = new SentAfterLists(redis, prefix, 5);
});

const AT = Date.parse('2026-02-25T10:00:00Z');
const sidOf = (n: number): string => `SM${n.toString(16).padStart(32, '0')}`;

function entry(n: number, given: Partial<SentAfterEntry> = {}): SentAfterEntry {
  return SentAfterEntry.parse({
    messageSid: sidOf(n),
    relation: 'same_sender',
    workspace: 'default',
    channel: 'sms',
    phone: '+14155550101',
    accountSid: `AC${'0'.repeat(32)}`,
    sender: 'MG1',
    from: '+15005550006',
    sentAt: AT + n * 1_000,
    status: 'delivered',
    optOut: { messageSid: sidOf(999), sender: 'MG1', occurredAt: AT - 1_000 },
    foundAt: AT + 60_000,
    ...given,
  });
}
const sids = (entries: readonly SentAfterEntry[]): string[] => entries.map(({ messageSid }) => messageSid);
const subject = ({ workspace, channel, phone }: SentAfterEntry): Subject => ({ workspace, channel, phone });

describe('SentAfterLists', () => {
  it('holds a message once, in the list of its relation', async () => {
    const other = entry(2, { relation: 'other_sender' });
    expect(await lists.add(entry(1))).toBe(true);
    expect(await lists.add(entry(1, { status: 'sent' }))).toBe(false);
    expect(await lists.add(other)).toBe(true);
    expect((await lists.page('same_sender', { limit: 10 })).entries).toEqual([entry(1)]);
    expect((await lists.page('other_sender', { limit: 10 })).entries).toEqual([other]);
    expect(await lists.count('same_sender')).toBe(1);
  });

  it('pages from the latest message on, within a span', async () => {
    for (const n of [1, 2, 3, 4, 5]) await lists.add(entry(n));
    const span = { since: AT + 2_000, until: AT + 4_000 };
    const first = await lists.page('same_sender', { ...span, limit: 2 });
    expect(sids(first.entries)).toEqual([sidOf(4), sidOf(3)]);
    const second = await lists.page('same_sender', { ...span, limit: 2, cursor: first.next });
    expect(sids(second.entries)).toEqual([sidOf(2)]);
    expect(second.next).toBeUndefined();
  });

  it('pages past messages of one second', async () => {
    for (const n of [1, 2, 3]) await lists.add(entry(n, { sentAt: AT }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await lists.page('same_sender', { limit: 1, cursor });
      seen.push(...sids(page.entries));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen.sort()).toEqual([1, 2, 3].map(sidOf));
  });

  it('refuses a cursor whose message it does not hold: the list would start over', async () => {
    for (const n of [1, 2]) await lists.add(entry(n));
    const page = { limit: 1, cursor: sidOf(2) };
    expect(sids((await lists.page('same_sender', page)).entries)).toEqual([sidOf(1)]);
    await lists.erase(subject(entry(2)));
    await expect(lists.page('same_sender', page)).rejects.toThrow(SentAfterCursorError);
  });

  it('counts the messages since a time', async () => {
    for (const n of [1, 2, 3]) await lists.add(entry(n));
    expect(await lists.count('same_sender')).toBe(3);
    expect(await lists.count('same_sender', AT + 2_000)).toBe(2);
  });

  it('holds a bounded number, the latest, and removes what it leaves out everywhere', async () => {
    for (const n of [1, 2, 3, 4, 5, 6, 7]) await lists.add(entry(n));
    expect(sids((await lists.page('same_sender', { limit: 10 })).entries)).toEqual(
      [7, 6, 5, 4, 3].map(sidOf),
    );
    expect(sids(await lists.ofPhone(subject(entry(1))))).toEqual([7, 6, 5, 4, 3].map(sidOf));
    expect(await redis.hlen(`${prefix}:{sent-after}:same_sender:entries`)).toBe(5);
  });

  it('removes messages of ten years ago', async () => {
    const old = AT - 11 * 366 * 86_400_000;
    await lists.add(entry(1, { sentAt: old, foundAt: old }));
    await lists.add(entry(2));
    expect(sids((await lists.page('same_sender', { limit: 10 })).entries)).toEqual([sidOf(2)]);
  });

  it('finds and erases the messages to a phone, of both relations, and no others', async () => {
    const near = entry(3, { phone: '+141555501012' as SentAfterEntry['phone'] });
    await lists.add(entry(1));
    await lists.add(entry(2, { relation: 'other_sender' }));
    await lists.add(near);
    expect(sids(await lists.ofPhone(subject(entry(1))))).toEqual([2, 1].map(sidOf));
    expect(await lists.erase(subject(entry(1)))).toBe(2);
    expect(await lists.ofPhone(subject(entry(1)))).toEqual([]);
    expect(await lists.ofPhone(subject(near))).toEqual([near]);
    expect(await lists.count('other_sender')).toBe(0);
  });

  it('names a message of a later release, and leaves it out', async () => {
    await lists.add(entry(1));
    await redis.hset(`${prefix}:{sent-after}:same_sender:entries`, sidOf(1), '{"relation":"new"}');
    expect(await lists.page('same_sender', { limit: 10 })).toEqual({ entries: [], unreadable: [sidOf(1)] });
  });

  it('takes the first message that asks for the confirmation of an opt-out', async () => {
    expect(await lists.confirm(sidOf(9), sidOf(1))).toEqual({ messageSid: sidOf(1), isNew: true });
    expect(await lists.confirm(sidOf(9), sidOf(2))).toEqual({ messageSid: sidOf(1), isNew: false });
    expect(await lists.confirm(sidOf(9), sidOf(1))).toEqual({ messageSid: sidOf(1), isNew: false });
  });
});
