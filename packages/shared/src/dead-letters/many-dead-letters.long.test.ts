import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { E164 } from '../domain/phone';
import { NOW, phone, sid } from '../test-support/stops';
import type { DeadLetterFilter } from './dead-letter-filter';
import { DeadLetterStore } from './dead-letter-store';
import { eventDeadLetter } from './test-support/dead-letters';

const DEAD_LETTERS = 100_000;
/** Limit of a page together with its count, in ms. */
const PAGE_MS = 300;
const ROUNDS = 10;

jest.setTimeout(180_000);

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
const store = new DeadLetterStore(redis, `test-${randomUUID()}`, (account) => account);

beforeAll(async () => {
  const codes = ['customerio_refused', 'customerio_timeout', 'internal_error'];
  for (let start = 0; start < DEAD_LETTERS; start += 1_000) {
    await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => {
        const n = start + i;
        const code = codes[n % 3] ?? '';
        const at = NOW + n * 1_000;
        return store.put(
          eventDeadLetter(n, {
            code,
            lastFailedAt: at,
            event: {
              phone: phone(n % 5_000),
              // The first code has only this source.
              source: n % 3 === 0 ? 'webhook' : 'event_stream',
              accountSid: n % 2 ? 'shop' : 'bank',
            },
          }),
        );
      }),
    );
  }
});
afterAll(async () => {
  await store.discard({});
  await redis.quit();
});

/** The best of some rounds, in ms, so that a busy machine does not count as a slow query. */
async function bestOf(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    await work();
    best = Math.min(best, performance.now() - startedAt);
  }
  return best;
}

const filters: [string, DeadLetterFilter, number][] = [
  ['all dead letters', {}, DEAD_LETTERS],
  ['a code', { code: 'internal_error' }, 33_333],
  ['a phone', { phone: phone(3) as E164 }, 20],
  ['a MessageSid', { messageSid: sid(99_999) }, 1],
  ['a workspace and a source', { workspace: 'shop', source: 'webhook' }, 16_667],
  ['a time', { from: NOW + 50_000_000, to: NOW + 50_099_000 }, 100],
  [
    'a time, a code and a workspace',
    { from: NOW + 50_000_000, code: 'internal_error', workspace: 'shop' },
    8_333,
  ],
  ['a code and a source', { code: 'internal_error', source: 'event_stream' }, 33_333],
  ['a stage and a source, both large', { stage: 'record', source: 'event_stream' }, 66_666],
  [
    'a code, a source and a workspace',
    { code: 'internal_error', source: 'event_stream', workspace: 'shop' },
    16_666,
  ],
  ['disjoint terms', { code: 'customerio_refused', source: 'event_stream' }, 0],
  ['three terms, two of them disjoint', { code: 'internal_error', source: 'webhook', workspace: 'shop' }, 0],
];

describe('with 100,000 dead letters', () => {
  it.each(filters)(
    `reads the first page and the count for %s in less than ${String(PAGE_MS)} ms`,
    async (_, filter, total) => {
      expect(await store.count(filter)).toEqual({ count: total, exact: true });
      expect((await store.page({ filter, limit: 50 })).deadLetters).toHaveLength(Math.min(50, total));
      const ms = await bestOf(() => Promise.all([store.page({ filter, limit: 50 }), store.count(filter)]));
      expect(ms).toBeLessThan(PAGE_MS);
    },
  );

  it('reads a page far from the start as fast', async () => {
    let cursor: string | undefined;
    for (let n = 0; n < 90; n++) cursor = (await store.page({ limit: 1_000, cursor })).next;
    expect((await store.page({ limit: 1, cursor })).deadLetters[0]?.deadLetter.lastFailedAt).toBe(
      NOW + 90_000_000,
    );
    expect(await bestOf(() => store.page({ limit: 50, cursor }))).toBeLessThan(PAGE_MS);
  });
});
