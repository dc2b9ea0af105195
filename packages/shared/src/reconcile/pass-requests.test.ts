import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { PassRequests, PassUnderWayError } from './pass-requests';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const fresh = (): PassRequests => new PassRequests(redis, `test-${randomUUID()}`);
const REPORT = { mode: 'report', by: 'ann' } as const;

describe('PassRequests', () => {
  it('has none at first', async () => {
    expect(await fresh().read('default')).toBeUndefined();
  });

  it('stores who asked for a pass, and that it waits', async () => {
    const passes = fresh();
    const { id, isNew } = await passes.request('default', REPORT);
    expect(isNew).toBe(true);
    expect(await passes.read('default')).toMatchObject({
      id,
      state: 'waiting',
      mode: 'report',
      by: 'ann',
      examined: 0,
      requested: 0,
      checked: 0,
      found: { missing: 0, reverted: 0, orphaned: 0, looser_policy: 0, unapplied: 0 },
      repaired: { missing: 0 },
    });
    expect(await passes.read('other')).toBeUndefined();
  });

  it('joins the pass of the same mode that waits or runs, and refuses one of the other mode', async () => {
    const passes = fresh();
    const requested = await Promise.all([1, 2, 3].map(() => passes.request('default', REPORT)));
    expect(new Set(requested.map(({ id }) => id)).size).toBe(1);
    expect(requested.filter(({ isNew }) => isNew)).toHaveLength(1);
    await expect(passes.request('default', { ...REPORT, mode: 'enforce' })).rejects.toThrow(
      PassUnderWayError,
    );
  });

  it('begins a new one after the last ended or was cancelled, without its progress', async () => {
    const passes = fresh();
    const { id } = await passes.request('default', REPORT);
    await passes.update('default', id, ['waiting'], { state: 'running', startedAt: 5, examined: 7 });
    expect(await passes.cancel('default', id)).toBe(true);
    expect(await passes.read('default')).toMatchObject({ state: 'cancelled', examined: 7 });
    const next = await passes.request('default', { mode: 'enforce', by: 'bob' });
    expect(next.id).not.toBe(id);
    const pass = await passes.read('default');
    expect(pass).toMatchObject({ state: 'waiting', mode: 'enforce', by: 'bob', examined: 0 });
    expect([pass?.startedAt, pass?.endedAt]).toEqual([undefined, undefined]);
  });

  it('is not revived by a worker that continues after it was cancelled or replaced', async () => {
    const passes = fresh();
    const { id } = await passes.request('default', REPORT);
    await passes.cancel('default', id);
    expect(await passes.update('default', id, ['waiting', 'running'], { state: 'running' })).toBe(false);
    const next = await passes.request('default', REPORT);
    expect(await passes.update('default', id, ['waiting'], { state: 'running' })).toBe(false);
    expect(await passes.cancel('default', id)).toBe(false);
    expect(await passes.read('default')).toMatchObject({ id: next.id, state: 'waiting' });
  });
});
