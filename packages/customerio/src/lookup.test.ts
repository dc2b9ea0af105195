import { Redis } from 'ioredis';
import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxOptions,
} from '@optout-sync/customerio-sandbox';
import { E164, type PhoneFormat } from '@optout-sync/shared/domain';
import { AppApi } from './app-api';
import { harmlessSearch } from './harmless-requests';
import { createLookup, type Lookup } from './lookup';
import { guardedApi, type GuardedApi } from './test-support/guarded-api';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const phone = (n: number): E164 => E164.parse(`+1415555${String(1_000 + n)}`);
const MANY = Array.from({ length: 30 }, (_, n) => phone(n));

let sandbox: CustomerIoSandbox;
let api: GuardedApi;
afterEach(async () => {
  api.close();
  await sandbox.stop();
});

async function startLookup(
  options: SandboxOptions = {},
  { batch = 50, formats = ['e164'] as readonly PhoneFormat[] } = {},
): Promise<Lookup> {
  sandbox = await startCustomerIoSandbox({ appRps: 0, ...options });
  const authorization = `Bearer ${sandbox.workspace().appApiKey}`;
  api = guardedApi({ redis, baseUrl: sandbox.appUrl, authorization, harmless: harmlessSearch('phone') });
  const { client } = api;
  return createLookup(client, new AppApi(client), {
    phoneAttribute: 'phone',
    phoneFormats: formats,
    defaultCountry: 'US',
    lookupBatch: batch,
  });
}

const searches = (): number => sandbox.requests({ operation: 'search' }).length;
const add = (stored: string): string => sandbox.workspace().addPerson({ attributes: { phone: stored } });

describe('createLookup', () => {
  it.each(['flat', 'nested'] as const)(
    'matches the people of a combined search to their phones (%s response)',
    async (shape) => {
      const lookup = await startLookup({ attributesShape: shape });
      const owners = MANY.map((number, n) => (n % 3 === 0 ? [] : [add(number), add(number)]));
      const found = await Promise.all(MANY.map((number) => lookup(number)));
      expect(found.map((people) => people.toSorted())).toEqual(owners.map((people) => people.toSorted()));
      expect(searches()).toBe(1);
    },
  );

  it('sends one search and nothing else for a single phone', async () => {
    const lookup = await startLookup();
    const person = add(phone(1));
    expect(await lookup(phone(1))).toEqual([person]);
    expect(sandbox.requests()).toHaveLength(1);
  });

  it('finds nobody for phones that nobody has', async () => {
    const lookup = await startLookup();
    expect(await Promise.all([lookup(phone(1)), lookup(phone(2))])).toEqual([[], []]);
  });

  it('resolves concurrent look-ups of the same phone with one search', async () => {
    const lookup = await startLookup();
    const person = add(phone(1));
    expect(await Promise.all([lookup(phone(1)), lookup(phone(1))])).toEqual([[person], [person]]);
    expect(searches()).toBe(1);
  });

  it('reads all pages of more than a thousand people', async () => {
    const lookup = await startLookup();
    const people = Array.from({ length: 1_203 }, () => add(phone(1)));
    expect((await lookup(phone(1))).toSorted()).toEqual(people.toSorted());
    expect(searches()).toBe(2);
  });

  it('matches national spellings', async () => {
    const lookup = await startLookup({}, { formats: ['e164', 'national'] });
    const [a, b] = [add('(415) 555-1001'), add('4155551002')];
    expect(await Promise.all([lookup(phone(1)), lookup(phone(2))])).toEqual([[a], [b]]);
  });

  it('never opts anybody in by a spelling without the country code', async () => {
    const lookup = await startLookup({}, { formats: ['e164', 'digits', 'national'] });
    const [plus, digits] = [
      add(phone(1)),
      add(phone(1).slice(1)),
      add('(415) 555-1001'),
      add('415-555-1001'),
    ];
    expect(await lookup(phone(1))).toHaveLength(4);
    expect(await lookup(phone(1), 'opt_in')).toEqual([plus, digits]);
    const inOneSearch = await Promise.all([lookup(phone(1), 'opt_in'), lookup(phone(2), 'opt_in')]);
    expect(inOneSearch).toEqual([[plus, digits], []]);
  });

  it('finds nobody to opt in, and asks nobody, where people are found by national numbers alone', async () => {
    const lookup = await startLookup({}, { formats: ['national'] });
    add('(415) 555-1001');
    expect(await lookup(phone(1), 'opt_in')).toEqual([]);
    expect(searches()).toBe(0);
  });

  it('does not search for a foreign number in the national format', async () => {
    const lookup = await startLookup({}, { formats: ['e164', 'national'] });
    add('612345678');
    expect(await lookup(E164.parse('+33612345678'))).toEqual([]);
  });

  it('finds the people of one subscriber by both spellings, alone and in a combined search', async () => {
    const lookup = await startLookup({}, { formats: ['e164', 'digits'] });
    const mexican = [add('+525512345678'), add('+5215512345678'), add('5215512345678')];
    const brazilian = [add('+5511987654321'), add('+551187654321')];
    const [mx, br] = [E164.parse('+5215512345678'), E164.parse('+551187654321')];
    expect((await lookup(mx)).toSorted()).toEqual(mexican.toSorted());
    const found = await Promise.all([lookup(mx), lookup(br)]);
    expect(found.map((people) => people.toSorted())).toEqual([mexican.toSorted(), brazilian.toSorted()]);
  });

  it('limits a search to lookupBatch phones', async () => {
    const lookup = await startLookup({}, { batch: 10 });
    await Promise.all(MANY.map((number) => lookup(number)));
    const sizes = sandbox
      .requests({ operation: 'search' })
      .map(({ body }) => (body as { filter: { or: unknown[] } }).filter.or.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(MANY.length);
    expect(Math.max(...sizes)).toBe(10);
  });

  it('halves a search with more conditions than Customer.io accepts', async () => {
    const lookup = await startLookup({ maxFilterConditions: 8 });
    const people = MANY.map((number) => add(number));
    expect((await Promise.all(MANY.map((number) => lookup(number)))).flat()).toEqual(people);
    expect(sandbox.requests({ operation: 'search', status: 400 }).length).toBeGreaterThan(0);
  });

  it('remembers how many conditions Customer.io accepts', async () => {
    const lookup = await startLookup({ maxFilterConditions: 8 });
    await Promise.all(MANY.map((number) => lookup(number)));
    const rejections = () => sandbox.requests({ operation: 'search', status: 400 }).length;
    const before = rejections();
    expect(before).toBeGreaterThan(0);
    await Promise.all(MANY.map((number) => lookup(number)));
    expect(rejections()).toBe(before);
  });

  it('searches alone for a phone that very many people share, and is not slowed down by it', async () => {
    const lookup = await startLookup();
    const people = Array.from({ length: 5_000 }, () => add(phone(0)));
    const others = MANY.slice(1).map((number) => add(number));
    const first = MANY.slice(1).map((number) => lookup(number));
    const shared = lookup(phone(0));
    expect((await Promise.all(first)).flat()).toEqual(others);
    expect((await shared).toSorted()).toEqual(people.toSorted());

    const since = sandbox.requests().at(-1)!.at + 0.001;
    const again = await Promise.all(MANY.map((number) => lookup(number)));
    expect(again.map((found) => found.length)).toEqual([5_000, ...others.map(() => 1)]);
    // One combined search with its attributes, and the pages of the one phone.
    expect(sandbox.requests({ operation: 'attributes', since })).toHaveLength(1);
    expect(sandbox.requests({ operation: 'search', since })).toHaveLength(6);
  });

  it('reads few of the people that a combined search of a shared phone finds', async () => {
    const lookup = await startLookup();
    for (let n = 0; n < 5_000; n++) add(phone(0));
    await Promise.all(MANY.map((number) => lookup(number)));
    expect(sandbox.requests({ operation: 'attributes' }).length).toBeLessThanOrEqual(2);
    expect(searches()).toBeLessThanOrEqual(8);
  });

  it('searches in smaller parts when many phones have some people each', async () => {
    const lookup = await startLookup();
    const people = MANY.map((number) => Array.from({ length: 40 }, () => add(number)));
    const found = await Promise.all(MANY.map((number) => lookup(number)));
    expect(found.map((some) => some.toSorted())).toEqual(people.map((some) => some.toSorted()));
  });

  it('searches for each phone alone when a person is not readable yet', async () => {
    const lookup = await startLookup();
    const people = [add(phone(1)), add(phone(2))];
    sandbox.fault({
      match: { operation: 'attributes' },
      effect: { kind: 'status', status: 200, body: { customers: [] } },
    });
    expect(await Promise.all([lookup(phone(1)), lookup(phone(2))])).toEqual(people.map((person) => [person]));
    expect(searches()).toBe(3);
  });

  it('fails all look-ups of a failed search, and none after it', async () => {
    const lookup = await startLookup();
    const person = add(phone(1));
    sandbox.fault({ match: {}, times: 1, effect: { kind: 'status', status: 500 } });
    const results = await Promise.allSettled([lookup(phone(1)), lookup(phone(2))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await lookup(phone(1))).toEqual([person]);
  });

  it.each([
    ['a response of an unknown shape', { identifiers: 'none' }],
    ['endless pages', { identifiers: [], ids: [], next: 'again' }],
  ])('fails on %s', async (_, body) => {
    const lookup = await startLookup();
    sandbox.fault({ match: {}, effect: { kind: 'status', status: 200, body } });
    await expect(lookup(phone(1))).rejects.toMatchObject({ kind: 'transient' });
  });
});
