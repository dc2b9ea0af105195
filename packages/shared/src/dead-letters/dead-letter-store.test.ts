import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { EventSource } from '../domain/inbound-event';
import type { E164 } from '../domain/phone';
import { NOW, phone, sid } from '../test-support/stops';
import { MAX_ATTEMPTS, deadLetterId, mergeDeadLetters, type DeadLetter, type Stage } from './dead-letter';
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

/** Every dead letter that meets the filter, page by page. */
async function everyPage(
  store: DeadLetterStore,
  filter: DeadLetterFilter,
  limit: number,
): Promise<StoredDeadLetter[]> {
  const all: StoredDeadLetter[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.page({ filter, limit, cursor });
    all.push(...page.deadLetters);
    cursor = page.next;
  } while (cursor !== undefined);
  return all;
}
const ids = (deadLetters: readonly StoredDeadLetter[]): string[] => deadLetters.map(({ id }) => id);

describe('DeadLetterStore', () => {
  it('returns a dead letter unchanged, empty lists and large numbers included', async () => {
    const store = fresh();
    const deadLetter: DeadLetter = {
      ...eventDeadLetter(1),
      undone: { type: 'raw', data: { route: 'messages', params: { a: [], big: 9_007_199_254_740_991 } } },
      attempts: [],
    };
    const id = await store.put(deadLetter);
    expect(await store.get(id)).toEqual({ id, deadLetter });
    expect(await store.get('dl-unknown')).toBeUndefined();
  });

  it('finds what an earlier version indexed by the other spelling of a number, and discards it', async () => {
    const store = fresh();
    const other = '+5215512345678' as E164;
    const canonical = '+525512345678' as E164;
    const put = await Promise.all([
      store.put(eventDeadLetter(1, { event: { phone: other } })),
      store.put(eventDeadLetter(2, { event: { phone: canonical }, lastFailedAt: NOW + 1 })),
      store.put(eventDeadLetter(3, { event: { phone: other }, lastFailedAt: NOW + 2 })),
    ]);
    await store.put(eventDeadLetter(4));
    for (const phone of [canonical, other]) {
      expect(ids(await everyPage(store, { phone }, 2))).toEqual(put);
      expect(await store.count({ phone })).toEqual({ count: 3, exact: true });
      expect(await store.count({ phone, stage: 'record', ids: [put[0]] })).toMatchObject({ count: 1 });
    }
    expect(await store.discard({ phone: canonical })).toBe(3);
    expect(await store.size()).toMatchObject({ count: 1 });
    expect(await redis.keys(`${prefixes.at(-1) ?? ''}:*:by:phone:*`)).toHaveLength(1);
  });

  it('merges a repeated failure into the stored dead letter and indexes it by its new code', async () => {
    const store = fresh();
    const first = eventDeadLetter(1);
    const again = eventDeadLetter(1, { code: 'internal_error', lastFailedAt: NOW + 5 });
    const id = await store.put(first);
    expect(await store.put(again)).toBe(id);
    expect((await store.get(id))?.deadLetter).toEqual({
      ...again,
      attempts: [...first.attempts, ...again.attempts],
      firstFailedAt: NOW,
    });
    expect((await store.count({ code: 'customerio_refused' })).count).toBe(0);
    expect((await store.count({ code: 'internal_error' })).count).toBe(1);
  });

  it('loses no attempt when many puts run at once', async () => {
    const store = fresh();
    const deadLetters = Array.from({ length: 20 }, (_, n) => eventDeadLetter(1, { lastFailedAt: NOW + n }));
    const [id = ''] = await Promise.all(deadLetters.map((deadLetter) => store.put(deadLetter)));
    expect((await store.get(id))?.deadLetter.attempts).toHaveLength(20);
    expect((await store.size()).count).toBe(1);
  });

  it('finds a raw dead letter by the fields of its data, for every route', async () => {
    const store = fresh((account) => (account === 'AC2' ? 'shop' : undefined));
    const raw = (data: unknown): DeadLetter => ({
      ...eventDeadLetter(1),
      stage: 'ingest',
      undone: { type: 'raw', data },
    });
    const ids7 = { MessageSid: sid(7), AccountSid: 'AC2' };
    const id = await store.put(raw({ route: 'messages', params: { ...ids7, From: phone(1), To: phone(2) } }));
    const status = await store.put(
      raw({ route: 'status', params: { ...ids7, From: phone(2), To: phone(1) } }),
    );
    const streamed = await store.put(
      raw({
        route: 'events',
        event: { data: { messageSid: sid(7), accountSid: 'AC2', from: `whatsapp:${phone(1)}` } },
      }),
    );
    const reassigned = await store.put(
      raw({
        route: 'events',
        event: { data: { to_number: phone(3), account_sid: 'AC2', from_number: phone(1) } },
      }),
    );
    await store.put(raw(null));
    const ofNumber = { phone: phone(3) as E164, workspace: 'shop' };
    expect(ids((await store.page({ filter: ofNumber, limit: 9 })).deadLetters)).toEqual([reassigned]);
    const found = { phone: phone(1) as E164, messageSid: sid(7), workspace: 'shop' };
    expect(ids((await store.page({ filter: found, limit: 9 })).deadLetters).sort()).toEqual(
      [id, status, streamed].sort(),
    );
    expect(
      ids((await store.page({ filter: { ...found, source: 'status_callback' }, limit: 9 })).deadLetters),
    ).toEqual([status]);
  });

  it('writes no whole phone into key names', async () => {
    const store = fresh();
    await store.put(eventDeadLetter(1));
    const keys = await redis.keys(`${prefixes.at(-1) ?? ''}:*`);
    expect(keys.some((key) => key.includes(':by:phone:'))).toBe(true);
    expect(keys.join()).not.toContain(phone(1).slice(1));
  });

  it('removes every index entry of discarded dead letters', async () => {
    const store = fresh();
    for (let n = 0; n < 5; n++) await store.put(eventDeadLetter(n));
    expect(await store.discard({ phone: phone(1) as E164 })).toBe(1);
    expect(await store.discard({})).toBe(4);
    expect(await redis.keys(`${prefixes.at(-1) ?? ''}:*`)).toEqual([
      `${prefixes.at(-1) ?? ''}:{dlq}:revision`,
    ]);
  });

  it('reads, merges and discards a dead letter that an earlier version stored with more index sets', async () => {
    const store = fresh();
    const base = `${prefixes.at(-1) ?? ''}:{dlq}`;
    const stale = [
      'code:customerio_refused+source:webhook',
      'source:webhook+workspace:default',
      'attempts:2',
    ];
    const storeAsBefore = async (n: number): Promise<string> => {
      const id = await store.put(eventDeadLetter(n));
      const meta = (await redis.hget(`${base}:meta`, id)) ?? '';
      await redis.hset(`${base}:meta`, id, `${meta}${stale.join('\n')}\n`);
      for (const set of stale) await redis.zadd(`${base}:by:${set}`, NOW, id);
      return id;
    };
    const [merged, discarded] = [await storeAsBefore(1), await storeAsBefore(2)];
    const filter: DeadLetterFilter = { code: 'customerio_refused', source: 'webhook' };
    expect(ids((await store.page({ filter, limit: 9 })).deadLetters).sort()).toEqual(
      [merged, discarded].sort(),
    );
    const again = eventDeadLetter(1, { code: 'internal_error', lastFailedAt: NOW + 1 });
    expect(await store.put(again)).toBe(merged);
    expect(await store.count(filter)).toEqual({ count: 1, exact: true });
    expect(await redis.zrange(`${base}:by:${stale[0] ?? ''}`, '0', '-1')).toEqual([discarded]);
    expect(await store.discard({})).toBe(2);
    expect(await redis.keys(`${base}:*`)).toEqual([`${base}:revision`]);
  });

  it('misses and repeats no dead letter on its pages while others come and go', async () => {
    const store = fresh();
    // All failed at the same time, so that only the id orders them.
    for (let n = 0; n < 40; n++) await store.put(eventDeadLetter(n));
    const first = await store.page({ limit: 10 });
    const [gone, last] = [first.deadLetters[3], first.deadLetters[9]];
    await store.discard({ ids: [gone?.id ?? '', last?.id ?? ''] });
    for (let n = 40; n < 60; n++) await store.put(eventDeadLetter(n, { lastFailedAt: NOW - 1 }));
    const rest: StoredDeadLetter[] = [];
    for (let cursor = first.next; cursor !== undefined;) {
      const page = await store.page({ limit: 7, cursor });
      rest.push(...page.deadLetters);
      cursor = page.next;
    }
    const expected = Array.from({ length: 40 }, (_, n) => deadLetterId(eventDeadLetter(n))).sort();
    expect([...ids(first.deadLetters), ...ids(rest)]).toEqual(expected);
  });

  it('equals a plain list in every filter, page, merge and discard', async () => {
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
        ids: fc.uniqueArray(
          fc.nat(11).map((n) => deadLetterId(eventDeadLetter(n, own(n)))),
          { minLength: 1 },
        ),
      },
      { requiredKeys: [] },
    );
    /** The fields of the nth dead letter that never change. */
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
        async (failures, discarded, query, limit) => {
          const store = fresh((account) => account);
          const model = new Map<string, DeadLetter>();
          for (const { n, code, at } of failures) {
            const deadLetter = eventDeadLetter(n, { ...own(n), code, lastFailedAt: NOW + at });
            const id = await store.put(deadLetter);
            const present = model.get(id);
            model.set(id, present ? mergeDeadLetters(present, deadLetter) : deadLetter);
          }
          if (discarded) {
            const removed = [...model].filter(([id, deadLetter]) => meets(discarded, id, deadLetter));
            for (const [id] of removed) model.delete(id);
            expect(await store.discard(discarded)).toBe(removed.length);
          }
          const expected = [...model]
            .filter(([id, deadLetter]) => meets(query, id, deadLetter))
            .sort(([a, x], [b, y]) => x.lastFailedAt - y.lastFailedAt || (a < b ? -1 : 1))
            .map(([id, deadLetter]) => ({ id, deadLetter }));
          const inOrder = query.ids ? byIds(query.ids) : (found: StoredDeadLetter[]) => found;
          expect(await everyPage(store, query, limit)).toEqual(inOrder(expected));
          expect(await store.count(query)).toEqual({ count: expected.length, exact: true });
          expect((await store.size()).count).toBe(model.size);
        },
      ),
      { numRuns: 150 },
    );
  });
});

const byIds =
  (order: readonly string[]) =>
  (found: StoredDeadLetter[]): StoredDeadLetter[] =>
    found.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));

/** The meaning of a filter, without an index. */
function meets(filter: DeadLetterFilter, id: string, { undone, ...deadLetter }: DeadLetter): boolean {
  if (undone.type !== 'event') return false;
  const { event } = undone;
  const { from = -Infinity, to = Infinity } = filter;
  return (
    (filter.ids ?? [id]).includes(id) &&
    (filter.code ?? deadLetter.code) === deadLetter.code &&
    (filter.stage ?? deadLetter.stage) === deadLetter.stage &&
    (filter.source ?? event.source) === event.source &&
    (filter.workspace ?? event.accountSid) === event.accountSid &&
    (filter.phone ?? event.phone) === event.phone &&
    (filter.messageSid ?? event.messageSid) === event.messageSid &&
    deadLetter.lastFailedAt >= from &&
    deadLetter.lastFailedAt <= to
  );
}

describe('mergeDeadLetters', () => {
  it('retains the first attempt, however many there are', () => {
    let merged = eventDeadLetter(1);
    for (let n = 1; n < 300; n++)
      merged = mergeDeadLetters(merged, eventDeadLetter(1, { lastFailedAt: NOW + n }));
    expect(merged.attempts).toHaveLength(MAX_ATTEMPTS);
    expect(merged.attempts[0]?.at).toBe(NOW);
    expect(merged.attempts.at(-1)?.at).toBe(NOW + 299);
  });

  it('ignores a repeated put, and adds a failure whose clock is behind', () => {
    const present = eventDeadLetter(1);
    expect(mergeDeadLetters(present, eventDeadLetter(1))).toBe(present);
    const behind = mergeDeadLetters(present, eventDeadLetter(1, { lastFailedAt: NOW - 5_000 }));
    expect(behind.attempts).toHaveLength(2);
    expect(behind.lastFailedAt).toBe(NOW);
  });
});
