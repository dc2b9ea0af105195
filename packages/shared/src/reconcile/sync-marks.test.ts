import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { reconcileKey } from './keys';
import { PassRequests } from './pass-requests';
import { SyncMarks, type SyncMark, type SyncMarkRequest } from './sync-marks';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const SUBJECT: Subject = { workspace: 'default', channel: 'sms', phone: '+14155550101' as E164 };
const SWEEP = { reason: 'sweep', mode: 'enforce' } as const;

const prefixOf = (): string => `test-${randomUUID()}`;
async function markedBy(marks: SyncMarks, ...requests: SyncMarkRequest[]): Promise<SyncMark> {
  for (const request of requests) await marks.set(SUBJECT, request);
  const mark = await marks.read(SUBJECT);
  if (!mark) throw new Error('the phone is not marked');
  return mark;
}

describe('SyncMarks', () => {
  it('holds one mark of a phone until it is cleared', async () => {
    const marks = new SyncMarks(redis, prefixOf());
    expect(await marks.read(SUBJECT)).toBeUndefined();
    const mark = await markedBy(marks, SWEEP);
    expect(mark).toMatchObject({ ...SWEEP, subject: SUBJECT, passes: {}, allowOptIn: [], unverified: false });
    expect(await marks.count('default')).toBe(1);
    await marks.clear(mark);
    expect(await marks.count('default')).toBe(0);
  });

  it('reads phones of one turn by one command, of which a damaged mark fails alone', async () => {
    const prefix = prefixOf();
    const marks = new SyncMarks(redis, prefix);
    const [damaged, unmarked] = ['+14155550102', '+14155550103'].map((phone) => ({
      ...SUBJECT,
      phone: phone as E164,
    }));
    await marks.set(SUBJECT, SWEEP);
    await redis.hset(reconcileKey(prefix, 'default', 'marks'), 'sms:+14155550102', '{');
    const hmget = jest.spyOn(redis, 'hmget');
    const read = await Promise.allSettled(
      [SUBJECT, damaged, unmarked].flatMap((one) => (one ? [marks.read(one)] : [])),
    );
    expect(hmget).toHaveBeenCalledTimes(1);
    hmget.mockRestore();
    expect(read).toMatchObject([
      { status: 'fulfilled', value: { ...SWEEP, subject: SUBJECT } },
      { status: 'rejected' },
      { status: 'fulfilled', value: undefined },
    ]);
  });

  it('keeps a mark that was replaced since it was read', async () => {
    const marks = new SyncMarks(redis, prefixOf());
    const mark = await markedBy(marks, SWEEP);
    await marks.set(SUBJECT, SWEEP);
    await marks.clear(mark);
    expect(await marks.count('default')).toBe(1);
  });

  it('joins the requests for a phone: what enforces wins, and nobody who asked is forgotten', async () => {
    const marks = new SyncMarks(redis, prefixOf());
    const operator = { reason: 'operator', mode: 'enforce', allowOptIn: ['a1', 'a2'] } as const;
    const report = {
      reason: 'sweep',
      mode: 'report',
      passes: { requested: 'r1' },
      unverified: true,
    } as const;
    const mark = await markedBy(marks, operator, report, {
      ...SWEEP,
      passes: { sweep: 's1' },
      allowOptIn: ['a2', 'a3'],
    });
    expect(mark).toMatchObject({
      mode: 'enforce',
      passes: { sweep: 's1', requested: 'r1' },
      unverified: true,
      allowOptIn: ['a1', 'a2', 'a3'],
    });
    const only = await markedBy(new SyncMarks(redis, prefixOf()), { ...SWEEP, mode: 'report' });
    expect(only.mode).toBe('report');
  });

  it('joins a mark of an older version', async () => {
    const prefix = prefixOf();
    const marks = new SyncMarks(redis, prefix);
    const old = JSON.stringify({ reason: 'second_look', mode: 'enforce', at: 1, id: 'x' });
    await redis.hset(reconcileKey(prefix, 'default', 'marks'), 'sms:+14155550101', old);
    expect(await marks.read(SUBJECT)).toMatchObject({ reason: 'second_look', passes: {}, allowOptIn: [] });
    expect(await markedBy(marks, { reason: 'sweep', mode: 'report' })).toMatchObject({
      reason: 'second_look',
      mode: 'enforce',
    });
  });

  it('counts a comparison once, for the pass that asked for it and not for a later one', async () => {
    const prefix = prefixOf();
    const [marks, passes] = [new SyncMarks(redis, prefix), new PassRequests(redis, prefix)];
    const { id } = await passes.request('default', { mode: 'enforce', by: 'ann' });
    const counts = [
      ['checked', 1],
      ['found:missing', 2],
    ] as const;
    const mark = await markedBy(marks, { ...SWEEP, passes: { requested: id } });
    await marks.clear(mark, counts);
    await marks.clear(mark, counts);
    await marks.clear(await markedBy(marks, { ...SWEEP, passes: { requested: 'earlier' } }), counts);
    expect(await passes.read('default')).toMatchObject({
      checked: 1,
      found: { missing: 2 },
      repaired: { missing: 0 },
    });
  });
});
