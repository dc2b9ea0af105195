import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { EventSource } from '../domain/inbound-event';
import type { E164 } from '../domain/phone';
import { NOW, phone, sid } from '../test-support/stops';
import { KEPT_ATTEMPTS, deadLetterId, mergeDeadLetters, type DeadLetter, type Stage } from './dead-letter';
import type { DeadLetterFilter } from './dead-letter-filter';
import { DeadLetterStore, type StoredDeadLetter } from './dead-letter-store';
import { eventDeadLetter } from './test-support/dead-letters';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
const prefixes: string[] = [];
function fresh(workspaceOf?: (account: string) => string | undefined): DeadLetterStore {
  const prefix = `test-${randomUUID()}`;
  prefixes.push(prefix);
  return new DeadLetterStore(redis, prefix, workspaceOf);
}
afterAll(async () => {
  for (const prefix of prefixes) {
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.unlink(keys);
  }
  await redis.quit();
});

/** Every letter that meets the filter, page by page. */
async function everyPage(
  store: DeadLetterStore,
  filter: DeadLetterFilter,
  limit: number,
): Promise<StoredDeadLetter[]> {
  const all: StoredDeadLetter[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.page({ filter, limit, cursor });
    all.push(...page.letters);
    cursor = page.next;
  } while (cursor !== undefined);
  return all;
}
const ids = (letters: readonly StoredDeadLetter[]): string[] => letters.map(({ id }) => id);

describe('DeadLetterStore', () => {
  it('gives a letter back as it was filed, empty lists and large numbers included', async () => {
    const store = fresh();
    const letter: DeadLetter = {
      ...eventDeadLetter(1),
      undone: { type: 'raw', data: { route: 'messages', params: { a: [], big: 9_007_199_254_740_991 } } },
      attempts: [],
    };
    const id = await store.put(letter);
    expect(await store.get(id)).toEqual({ id, letter });
    expect(await store.get('dl-of-nobody')).toBeUndefined();
  });

  it('adds what fails again to the letter that is there, and files it anew under its new code', async () => {
    const store = fresh();
    const first = eventDeadLetter(1);
    const again = eventDeadLetter(1, { code: 'internal_error', lastFailedAt: NOW + 5 });
    const id = await store.put(first);
    expect(await store.put(again)).toBe(id);
    expect((await store.get(id))?.letter).toEqual({
      ...again,
      attempts: [...first.attempts, ...again.attempts],
      firstFailedAt: NOW,
    });
    expect((await store.count({ code: 'customerio_refused' })).count).toBe(0);
    expect((await store.count({ code: 'internal_error', minAttempts: 2 })).count).toBe(1);
  });

  it('loses no try when many fail at once', async () => {
    const store = fresh();
    const letters = Array.from({ length: 20 }, (_, n) => eventDeadLetter(1, { lastFailedAt: NOW + n }));
    const [id = ''] = await Promise.all(letters.map((letter) => store.put(letter)));
    expect((await store.get(id))?.letter.attempts).toHaveLength(20);
    expect((await store.size()).count).toBe(1);
  });

  it('finds a raw letter by what its data says, route by route', async () => {
    const store = fresh((account) => (account === 'AC2' ? 'shop' : undefined));
    const raw = (data: unknown): DeadLetter => ({
      ...eventDeadLetter(1),
      stage: 'ingest',
      undone: { type: 'raw', data },
    });
    const said = { MessageSid: sid(7), AccountSid: 'AC2' };
    const id = await store.put(raw({ route: 'messages', params: { ...said, From: phone(1), To: phone(2) } }));
    const status = await store.put(
      raw({ route: 'status', params: { ...said, From: phone(2), To: phone(1) } }),
    );
    const streamed = await store.put(
      raw({
        route: 'events',
        event: { data: { messageSid: sid(7), accountSid: 'AC2', from: `whatsapp:${phone(1)}` } },
      }),
    );
    await store.put(raw(null));
    const found = { phone: phone(1) as E164, messageSid: sid(7), workspace: 'shop' };
    expect(ids((await store.page({ filter: found, limit: 9 })).letters).sort()).toEqual(
      [id, status, streamed].sort(),
    );
    expect(
      ids((await store.page({ filter: { ...found, source: 'status_callback' }, limit: 9 })).letters),
    ).toEqual([status]);
  });

  it('keeps whole phones out of the names of keys', async () => {
    const store = fresh();
    await store.put(eventDeadLetter(1));
    const keys = await redis.keys(`${prefixes.at(-1) ?? ''}:*`);
    expect(keys.some((key) => key.includes(':by:phone:'))).toBe(true);
    expect(keys.join()).not.toContain(phone(1).slice(1));
  });

  it('leaves nothing behind of letters that were discarded', async () => {
    const store = fresh();
    for (let n = 0; n < 5; n++) await store.put(eventDeadLetter(n));
    expect(await store.discard({ phone: phone(1) as E164 })).toBe(1);
    expect(await store.discard({})).toBe(4);
    expect(await redis.keys(`${prefixes.at(-1) ?? ''}:*`)).toEqual([
      `${prefixes.at(-1) ?? ''}:{dlq}:revision`,
    ]);
  });

  it('misses and repeats nothing on its pages while letters come and go', async () => {
    const store = fresh();
    // All at one instant, so that only the id orders them.
    for (let n = 0; n < 40; n++) await store.put(eventDeadLetter(n));
    const first = await store.page({ limit: 10 });
    const [gone, last] = [first.letters[3], first.letters[9]];
    await store.discard({ ids: [gone?.id ?? '', last?.id ?? ''] });
    for (let n = 40; n < 60; n++) await store.put(eventDeadLetter(n, { lastFailedAt: NOW - 1 }));
    const rest: StoredDeadLetter[] = [];
    for (let cursor = first.next; cursor !== undefined;) {
      const page = await store.page({ limit: 7, cursor });
      rest.push(...page.letters);
      cursor = page.next;
    }
    const expected = Array.from({ length: 40 }, (_, n) => deadLetterId(eventDeadLetter(n))).sort();
    expect([...ids(first.letters), ...ids(rest)]).toEqual(expected);
  });

  it('agrees with a plain list on every filter, page, merge and discard', async () => {
    const codes = ['a', 'b'];
    const filter: fc.Arbitrary<DeadLetterFilter> = fc.record(
      {
        code: fc.constantFrom(...codes),
        stage: fc.constantFrom<Stage>('record', 'sync'),
        source: fc.constantFrom<EventSource>('webhook', 'studio'),
        workspace: fc.constantFrom('AC1', 'AC2'),
        phone: fc.nat(2).map((n) => phone(n) as E164),
        messageSid: fc.nat(11).map(sid),
        from: fc.nat(6).map((n) => NOW + n),
        to: fc.nat(6).map((n) => NOW + n),
        minAttempts: fc.nat(4),
        ids: fc.uniqueArray(
          fc.nat(11).map((n) => deadLetterId(eventDeadLetter(n, own(n)))),
          { minLength: 1 },
        ),
      },
      { requiredKeys: [] },
    );
    /** What of the nth letter never changes. */
    const own = (n: number) => ({
      stage: (n % 2 ? 'record' : 'sync') as Stage,
      event: {
        phone: phone(n % 3),
        source: n % 4 > 1 ? 'webhook' : 'studio',
        accountSid: n % 5 > 2 ? 'AC1' : 'AC2',
      },
    });
    const failing = fc.record({ n: fc.nat(11), code: fc.constantFrom(...codes), at: fc.nat(6) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(failing, { maxLength: 40 }),
        fc.option(filter, { nil: undefined, freq: 2 }),
        filter,
        fc.integer({ min: 1, max: 5 }),
        async (failures, discarded, asked, limit) => {
          const store = fresh((account) => account);
          const model = new Map<string, DeadLetter>();
          for (const { n, code, at } of failures) {
            const letter = eventDeadLetter(n, { ...own(n), code, lastFailedAt: NOW + at });
            const id = await store.put(letter);
            const present = model.get(id);
            model.set(id, present ? mergeDeadLetters(present, letter) : letter);
          }
          if (discarded) {
            const goes = [...model].filter(([id, letter]) => meets(discarded, id, letter));
            for (const [id] of goes) model.delete(id);
            expect(await store.discard(discarded)).toBe(goes.length);
          }
          const expected = [...model]
            .filter(([id, letter]) => meets(asked, id, letter))
            .sort(([a, x], [b, y]) => x.lastFailedAt - y.lastFailedAt || (a < b ? -1 : 1))
            .map(([id, letter]) => ({ id, letter }));
          const inOrder = asked.ids ? byIds(asked.ids) : (letters: StoredDeadLetter[]) => letters;
          expect(await everyPage(store, asked, limit)).toEqual(inOrder(expected));
          expect(await store.count(asked)).toEqual({ count: expected.length, exact: true });
          expect((await store.size()).count).toBe(model.size);
        },
      ),
      { numRuns: 150 },
    );
  });
});

const byIds =
  (order: readonly string[]) =>
  (letters: StoredDeadLetter[]): StoredDeadLetter[] =>
    letters.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));

/** The filter's meaning, said plainly. */
function meets(filter: DeadLetterFilter, id: string, { undone, ...letter }: DeadLetter): boolean {
  if (undone.type !== 'event') return false;
  const { event } = undone;
  const { from = -Infinity, to = Infinity, minAttempts = 0 } = filter;
  return (
    (filter.ids ?? [id]).includes(id) &&
    (filter.code ?? letter.code) === letter.code &&
    (filter.stage ?? letter.stage) === letter.stage &&
    (filter.source ?? event.source) === event.source &&
    (filter.workspace ?? event.accountSid) === event.accountSid &&
    (filter.phone ?? event.phone) === event.phone &&
    (filter.messageSid ?? event.messageSid) === event.messageSid &&
    letter.lastFailedAt >= from &&
    letter.lastFailedAt <= to &&
    letter.attempts.length >= minAttempts
  );
}

describe('mergeLetters', () => {
  it('keeps the first try however many there are', () => {
    let letter = eventDeadLetter(1);
    for (let n = 1; n < 300; n++)
      letter = mergeDeadLetters(letter, eventDeadLetter(1, { lastFailedAt: NOW + n }));
    expect(letter.attempts).toHaveLength(KEPT_ATTEMPTS);
    expect(letter.attempts[0]?.at).toBe(NOW);
    expect(letter.attempts.at(-1)?.at).toBe(NOW + 299);
  });

  it('takes the very same filing for one, and a failure by a clock that is behind for another', () => {
    const letter = eventDeadLetter(1);
    expect(mergeDeadLetters(letter, eventDeadLetter(1))).toBe(letter);
    const behind = mergeDeadLetters(letter, eventDeadLetter(1, { lastFailedAt: NOW - 5_000 }));
    expect(behind.attempts).toHaveLength(2);
    expect(behind.lastFailedAt).toBe(NOW);
  });
});
