import { randomUUID } from 'node:crypto';
import { closeQueues, openQueues, type Queues } from '@optout-sync/shared/queues';
import { Redis } from 'ioredis';
import { promoterOf } from './promote-delayed';

describe('promoterOf', () => {
  const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
  let queues: Queues;
  const failed = jest.fn();
  beforeEach(() => {
    queues = openQueues(redis, `test-${randomUUID()}`);
  });
  afterEach(() => closeQueues(queues));
  afterAll(() => redis.quit());
  const promote = (name: string) => promoterOf(queues, { promotionFailed: failed })([name], 1);

  it('says whether its queues have jobs, in whatever state', async () => {
    const { forwards, people } = queues;
    expect(await promote(forwards.name)).toBe(false);
    await forwards.add('job', { payload: {} } as never, { delay: 3_600_000 });
    expect(await promote(forwards.name)).toBe(true);
    expect(await forwards.getDelayedCount()).toBe(0);
    expect(await promote(people.name)).toBe(false);
    await people.add('job', { payload: {} } as never, { priority: 10 });
    expect(await promote(people.name)).toBe(true);
    expect(failed).not.toHaveBeenCalled();
  });
});
