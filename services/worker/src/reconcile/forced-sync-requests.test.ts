import { randomUUID } from 'node:crypto';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { E164, Subject } from '@optout-sync/shared/domain';
import { closeQueues, enqueueSync, openQueues } from '@optout-sync/shared/queues';
import { SyncMarks, type SyncMarkRequest } from '@optout-sync/shared/reconcile';
import { ForcedSyncRequests } from './forced-sync-requests';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => redis.quit());

const prefix = (): string => `test-${randomUUID()}`;
const subjectOf = (n: number): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: `+1415${String(2_000_000 + n)}` as E164,
});

async function markAll(marks: SyncMarks, from: number, to: number, mark: SyncMarkRequest): Promise<void> {
  const phones = Array.from({ length: to - from }, (_, n) => subjectOf(from + n));
  await Promise.all(phones.map((subject) => marks.set(subject, mark)));
}

describe('the comparisons that the reconciler may ask for', () => {
  const queues = openQueues(redis, prefix());
  afterAll(() => closeQueues(queues));

  it.each(['person_changed', 'repeated_stop', 'operator'] as const)(
    'do not run out by those of the reason %s, however many wait',
    async (reason) => {
      const marks = new SyncMarks(redis, prefix());
      await markAll(marks, 0, 1_000, { reason, mode: 'enforce' });
      const requests = new ForcedSyncRequests({ marks, queues, now: Date.now });
      expect(await requests.capacity('default')).toBe(100);
      expect(await requests.capacityOfRequested('default')).toBe(300);
    },
  );

  it.each([
    ['a sweep', { reason: 'sweep', passes: { sweep: 's1' } }],
    ['a second look', { reason: 'second_look' }],
    ['a pass, which another request joined', { reason: 'person_changed', passes: { requested: 'r1' } }],
  ] as const)('run out by those of %s', async (_, mark) => {
    const marks = new SyncMarks(redis, prefix());
    await markAll(marks, 0, 60, { ...mark, mode: 'enforce' });
    await markAll(marks, 60, 160, { reason: 'person_changed', mode: 'enforce' });
    const requests = new ForcedSyncRequests({ marks, queues, now: Date.now });
    expect(await requests.capacity('default')).toBe(40);
    await markAll(marks, 160, 1_160, { ...mark, mode: 'enforce' });
    expect(await requests.capacity('default')).toBeLessThan(0);
  });
});

describe('a comparison that joins the sync of something new', () => {
  const ownPrefix = prefix();
  const queues = openQueues(redis, ownPrefix);
  const consumer = new Worker(queues.syncOf('default').name, null, { connection: redis, prefix: ownPrefix });
  afterAll(async () => {
    await consumer.close(true);
    await closeQueues(queues);
  });
  const requests = new ForcedSyncRequests({ marks: new SyncMarks(redis, ownPrefix), queues, now: Date.now });
  const mark = { reason: 'sweep', mode: 'enforce', passes: { sweep: 's1' } } as const;
  const take = () => consumer.getNextJob('token', { block: false });
  const waiting = () => queues.syncOf('default').getJobCountByTypes('waiting', 'prioritized');

  it('has a sync of its own behind one that runs, which may have begun before the mark', async () => {
    const subject = subjectOf(1);
    await enqueueSync(queues, { version: 1, ...subject });
    const running = await take();
    await requests.join(subject, mark);
    expect(await waiting()).toBe(0);
    await running.moveToCompleted('done', 'token', false);
    const next = await take();
    expect(next.data).toMatchObject({ payload: subject });
    await next.moveToCompleted('done', 'token', false);
  });

  it('adds no sync beside one that waits, and none where the index of unapplied entries finds the phone', async () => {
    await enqueueSync(queues, { version: 1, ...subjectOf(2) });
    await requests.join(subjectOf(2), mark);
    await requests.join(subjectOf(3), mark);
    expect(await waiting()).toBe(1);
  });

  it('is asked for again when its job is gone, by the clock that is given', async () => {
    let now = Date.now() - 3_600_000;
    const clock = (): number => now;
    const marks = new SyncMarks(redis, ownPrefix, clock);
    await marks.set(subjectOf(4), mark);
    const byClock = new ForcedSyncRequests({ marks, queues, now: clock });
    const before = await waiting();
    await byClock.repeatLost('default', 1_000);
    expect(await waiting()).toBe(before);
    now += 1_000;
    await byClock.repeatLost('default', 1_000);
    expect(await waiting()).toBeGreaterThan(before);
  });
});
