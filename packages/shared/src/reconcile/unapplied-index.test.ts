import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { reconcileKey, toMember } from './keys';
import { UnappliedIndex } from './unapplied-index';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => {
  redis.disconnect();
});

const subject = (n: number): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: `+1415555${String(1_000 + n)}` as E164,
});

describe('the index of unapplied entries', () => {
  let prefix: string;
  let index: UnappliedIndex;
  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
    index = new UnappliedIndex(redis, prefix);
  });
  const all = (offset = 0, limit = 10) => index.list('default', { before: 10_000, offset, limit });

  it('counts live opt-outs, those before a time and the first of them, and nothing else', async () => {
    await index.add(subject(1), 1_000);
    await index.add(subject(2), 3_000, true);
    await index.add(subject(3), 2_000, true);
    expect(await index.countLiveStops('default', 3_000)).toEqual({ count: 2, late: 1, oldest: 2_000 });
    expect(await index.countLiveStops('other', 3_000)).toEqual({ count: 0, late: 0, oldest: undefined });
  });

  it('keeps the time of the first event, unless an opt-out comes to a phone that waits for something else', async () => {
    await index.add(subject(1), 1_000);
    await index.add(subject(1), 2_000, true);
    await index.add(subject(1), 3_000, true);
    await index.add(subject(1), 4_000);
    expect(await index.countLiveStops('default', 5_000)).toEqual({ count: 1, late: 1, oldest: 2_000 });
  });

  it('lists live opt-outs first, then the others, each oldest first, over all pages', async () => {
    await index.add(subject(1), 1_000);
    await index.add(subject(2), 500);
    await index.add(subject(3), 3_000, true);
    await index.add(subject(4), 2_000, true);
    await index.add(subject(5), 20_000);
    await index.add(subject(6), 20_000, true);
    const times = (listed: Awaited<ReturnType<typeof all>>) => listed.map(({ receivedAt }) => receivedAt);
    expect(times(await all())).toEqual([2_000, 3_000, 500, 1_000]);
    expect(times(await all(1, 2))).toEqual([3_000, 500]);
    expect(times(await all(3, 2))).toEqual([1_000]);
  });

  it('counts what an earlier version added, and forgets what it removed', async () => {
    const key = reconcileKey(prefix, 'default', 'unapplied');
    await redis.zadd(key, 'NX', 1_000, toMember(subject(1)));
    await index.add(subject(2), 2_000, true);
    expect(await index.countLiveStops('default', 5_000)).toMatchObject({ count: 2, oldest: 1_000 });
    await redis.zrem(key, toMember(subject(2)));
    await index.remove(subject(1));
    expect(await index.countLiveStops('default', 5_000)).toMatchObject({ count: 0, oldest: undefined });
  });

  it('gives phones that wait another time, an earlier one too, and adds none', async () => {
    const list = (before: number) => index.list('default', { before, offset: 0, limit: 10 });
    await index.add(subject(1), 1_000, true);
    await index.touch([subject(1), subject(2)], 5_000);
    expect(await list(4_999)).toEqual([]);
    expect(await list(5_000)).toEqual([{ subject: subject(1), receivedAt: 5_000 }]);
    await index.touch([subject(1), subject(2)], 500);
    expect(await list(500)).toEqual([{ subject: subject(1), receivedAt: 500 }]);
    await index.touch([], 1);
  });
});
