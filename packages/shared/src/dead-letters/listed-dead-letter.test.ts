import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { NOW, phone, sid } from '../test-support/stops';
import { DeadLetterStore } from './dead-letter-store';
import { parseListed } from './listed-dead-letter';
import { eventDeadLetter } from './test-support/dead-letters';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
const prefix = `test-${randomUUID()}`;
const store = new DeadLetterStore(redis, prefix);
afterEach(() => store.discard({}));
afterAll(async () => {
  await redis.unlink(await redis.keys(`${prefix}:*`));
  await redis.quit();
});

const letters = `${prefix}:{dlq}:letters`;

describe('DeadLetterStore.list', () => {
  it('returns what the index says, with the content of those that are small', async () => {
    const small = eventDeadLetter(1);
    const large = { ...eventDeadLetter(2, { lastFailedAt: NOW + 1 }), message: 'x'.repeat(5_000) };
    const ids = [await store.put(small), await store.put(large)];
    const { listed, next } = await store.list({ limit: 10, maxBytes: 4_096 });
    expect(next).toBeUndefined();
    expect(listed).toMatchObject([
      {
        id: ids[0],
        lastFailedAt: NOW,
        content: small,
        messageSids: [sid(1)],
        source: 'webhook',
        attempts: 1,
      },
      { id: ids[1], lastFailedAt: NOW + 1, content: 'large', stage: 'record', code: 'customerio_refused' },
    ]);
    expect(listed[1]?.bytes).toBeGreaterThan(5_000);
  });

  it.each([
    ['damaged', '{"version":1,'],
    ['of a newer release', JSON.stringify({ ...eventDeadLetter(1), version: 2 })],
    ['no object', 'null'],
    ['empty', ''],
  ])('lists one that is %s beside the others', async (_, stored) => {
    const id = await store.put(eventDeadLetter(1));
    await store.put(eventDeadLetter(2, { lastFailedAt: NOW + 1 }));
    await redis.hset(letters, id, stored);
    const { listed } = await store.list({ limit: 10, maxBytes: 4_096 });
    expect(listed.map(({ content }) => typeof content)).toEqual(['string', 'object']);
    expect(listed[0]).toMatchObject({
      id,
      content: 'unreadable',
      code: 'customerio_refused',
      stage: 'record',
    });
  });

  it('leaves out what was put after a revision', async () => {
    const before = await store.put(eventDeadLetter(1));
    const cutoff = await store.revision();
    await store.put(eventDeadLetter(2));
    const { listed } = await store.list({ limit: 10, maxBytes: 0, cutoff });
    expect(listed.map(({ id }) => id)).toEqual([before]);
    expect(await store.discard({}, { cutoff })).toBe(1);
    expect((await store.count()).count).toBe(1);
  });

  it('shows no phone where the content is not read: the index has a hash of it', async () => {
    await store.put(eventDeadLetter(1));
    const { listed } = await store.list({ limit: 1, maxBytes: 0 });
    expect(JSON.stringify(listed)).not.toContain(phone(1).slice(1));
  });
});

test('a row of nothing is a dead letter of which nothing is known', () => {
  expect(parseListed([])).toMatchObject({
    stage: 'unknown',
    code: 'unknown',
    content: 'unreadable',
    attempts: 0,
  });
});

test('a failure of the same payload replaces a dead letter that is damaged', async () => {
  const deadLetter = eventDeadLetter(1);
  const id = await store.put(deadLetter);
  await redis.hset(letters, id, 'not JSON');
  expect(await store.put(deadLetter)).toBe(id);
  expect((await store.get(id))?.deadLetter).toEqual(deadLetter);
});
