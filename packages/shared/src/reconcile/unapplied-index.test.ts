import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { E164 } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { UnappliedIndex } from './unapplied-index';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const subject = (phone: string): Subject => ({ workspace: 'default', channel: 'sms', phone: phone as E164 });
const [A, B] = [subject('+14155550101'), subject('+14155550102')];

describe('UnappliedIndex.touch', () => {
  it('gives phones of the index another time, an earlier one too, and adds none', async () => {
    const index = new UnappliedIndex(redis, `test-${randomUUID()}`);
    const list = (before: number) => index.list('default', { before, offset: 0, limit: 10 });
    await index.add(A, 1_000);
    await index.touch([A, B], 5_000);
    expect(await list(4_999)).toEqual([]);
    expect(await list(5_000)).toEqual([{ subject: A, receivedAt: 5_000 }]);
    await index.touch([A, B], 500);
    expect(await list(500)).toEqual([{ subject: A, receivedAt: 500 }]);
    await index.touch([], 1);
  });
});
