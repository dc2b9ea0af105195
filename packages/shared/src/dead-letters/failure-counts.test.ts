import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { ERROR_CODES } from '../domain/error-codes';
import { stop } from '../test-support/stops';
import type { DeadLetter } from './dead-letter';
import { DeadLetterStore, deadLettersKey } from './dead-letter-store';
import { STAGE_CODES } from './stage-codes';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => {
  redis.disconnect();
});

const deadLetter = (n: number, changes: Partial<DeadLetter>): DeadLetter => ({
  version: 1,
  stage: 'record',
  code: 'internal_error',
  message: '',
  undone: { type: 'event', event: stop(n) },
  attempts: [],
  firstFailedAt: n,
  lastFailedAt: n,
  ...changes,
});

test('every code of a dead letter belongs to a stage', () => {
  const codes = Object.entries(ERROR_CODES).flatMap(([code, { ends }]) =>
    ends === 'dead_letter' ? [code] : [],
  );
  expect([...new Set(Object.values(STAGE_CODES).flat())].sort()).toEqual(codes.sort());
  expect(STAGE_CODES.ingest).toContain('message_not_understood');
  expect(STAGE_CODES.ingest).not.toContain('internal_error');
});

describe('dead letters by stage and code', () => {
  let prefix: string;
  let store: DeadLetterStore;
  beforeEach(() => {
    prefix = `test-${randomUUID()}`;
    store = new DeadLetterStore(redis, prefix);
  });
  const waiting = async () => (await store.countByFailure()).filter(({ count }) => count > 0);

  it('are 0 for every pair that may occur', async () => {
    const counts = await store.countByFailure();
    expect(counts).toHaveLength(Object.values(STAGE_CODES).flat().length);
    expect(counts.every(({ count, oldest }) => count === 0 && oldest === undefined)).toBe(true);
  });

  it('are counted with the oldest failure, and no more when they are discarded', async () => {
    await store.put(deadLetter(3, {}));
    await store.put(deadLetter(2, {}));
    await store.put(deadLetter(1, { stage: 'people' }));
    expect(await waiting()).toEqual([
      { stage: 'record', code: 'internal_error', count: 2, oldest: 2 },
      { stage: 'people', code: 'internal_error', count: 1, oldest: 1 },
    ]);
    await store.discard({ stage: 'record' });
    expect(await waiting()).toEqual([{ stage: 'people', code: 'internal_error', count: 1, oldest: 1 }]);
  });

  it('of an earlier version count for the only stage with their code, else for an unknown one', async () => {
    const earlier = async (n: number, set: string) => {
      for (const name of ['all', set])
        await redis.zadd(`${deadLettersKey(prefix)}:by:${name}`, n, `dl-${String(n)}`);
    };
    await earlier(1, 'code:event_invalid');
    await earlier(2, 'code:internal_error');
    await store.put(deadLetter(3, {}));
    expect(await waiting()).toEqual([
      { stage: 'record', code: 'internal_error', count: 1, oldest: 3 },
      { stage: 'record', code: 'event_invalid', count: 1, oldest: 1 },
      { stage: 'unknown', code: 'internal_error', count: 1, oldest: 2 },
    ]);
  });

  it('with a code of a newer version count as unknown', async () => {
    await store.put(deadLetter(1, { code: 'of_a_newer_version' }));
    expect(await waiting()).toEqual([{ stage: 'unknown', code: 'unknown', count: 1, oldest: 1 }]);
  });
});
