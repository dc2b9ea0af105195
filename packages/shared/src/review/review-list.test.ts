import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { ReviewEntry, ReviewList } from './review-list';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const fresh = (now?: () => number): ReviewList => new ReviewList(redis, `test-${randomUUID()}`, now);
const NOW = 1_772_013_598_000;
const entry = (n: number, receivedAt = NOW + n): ReviewEntry =>
  ReviewEntry.parse({
    workspace: 'default',
    channel: 'sms',
    phone: '+14155550123',
    sender: '+15005550006',
    messageSid: `SM${n.toString(16).padStart(32, '0')}`,
    phrase: 'stop texting me',
    receivedAt,
  });
const everything = { offset: 0, limit: 100 };

describe('ReviewList', () => {
  it('is empty at first', async () => {
    expect(await fresh().list(everything)).toEqual({ entries: [], unreadable: [], total: 0 });
  });

  it('lists entries unchanged, the oldest first, page by page', async () => {
    const list = fresh();
    for (const n of [3, 1, 5, 2, 4]) await list.add(entry(n));
    expect(await list.list({ offset: 1, limit: 2 })).toEqual({
      entries: [entry(2), entry(3)],
      unreadable: [],
      total: 5,
    });
    expect(await list.list({ offset: 4, limit: 10 })).toEqual({
      entries: [entry(5)],
      unreadable: [],
      total: 5,
    });
    expect(await list.list({ offset: 5, limit: 10 })).toEqual({ entries: [], unreadable: [], total: 5 });
    expect(await list.list({ offset: 0, limit: 0 })).toEqual({ entries: [], unreadable: [], total: 5 });
  });

  it('tells which messages cannot be read, and takes them off like others', async () => {
    const prefix = `test-${randomUUID()}`;
    const list = new ReviewList(redis, prefix);
    for (const n of [1, 2, 3]) await list.add(entry(n));
    const [broken, missing] = [entry(1).messageSid, entry(3).messageSid];
    await redis.hset(`${prefix}:{review}:entries`, broken, '{"phone":');
    await redis.hdel(`${prefix}:{review}:entries`, missing);
    const page = { entries: [entry(2)], unreadable: [broken, missing], total: 3 };
    expect(await list.list(everything)).toEqual(page);
    expect(await list.get(broken)).toBeUndefined();
    expect(await list.has(broken)).toBe(true);
    expect(await list.done(broken)).toBe(true);
    expect(await list.has(broken)).toBe(false);
  });

  it('lists a message once, also when another source delivers it later', async () => {
    const list = fresh();
    const added = await Promise.all([
      list.add(entry(1)),
      list.add(entry(1)),
      list.add(entry(1, NOW + 60_000)),
    ]);
    expect(added).toEqual([true, false, false]);
    expect(await list.list(everything)).toEqual({ entries: [entry(1)], unreadable: [], total: 1 });
  });

  it('removes a reviewed message once and still finds the others', async () => {
    const list = fresh();
    await list.add(entry(1));
    await list.add(entry(2));
    expect(await list.done(entry(1).messageSid)).toBe(true);
    expect(await list.done(entry(1).messageSid)).toBe(false);
    expect(await list.get(entry(1).messageSid)).toBeUndefined();
    expect(await list.get(entry(2).messageSid)).toEqual(entry(2));
    expect((await list.list(everything)).total).toBe(1);
  });

  it('does not add a reviewed message again within 30 days', async () => {
    let now = NOW;
    const list = fresh(() => now);
    await list.add(entry(1));
    await list.done(entry(1).messageSid);
    expect(await list.add(entry(1))).toBe(false);
    now += 31 * 86_400_000;
    await list.add(entry(2));
    await list.done(entry(2).messageSid);
    expect(await list.add(entry(1))).toBe(true);
  });

  it('rejects an invalid entry', async () => {
    const list = fresh();
    await expect(list.add({ ...entry(1), phone: 'somebody' as ReviewEntry['phone'] })).rejects.toThrow();
    expect((await list.list(everything)).total).toBe(0);
  });
});
