import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import {
  startCustomerIoSandbox,
  type CustomerIoSandbox,
  type SandboxOptions,
} from '@optout-sync/customerio-sandbox';
import { E164, type PhoneFormat } from '@optout-sync/shared/domain';
import { AppApi } from './app-api';
import { ApiCircuit } from './circuit';
import { GuardedClient } from './guarded-client';
import { CustomerIoClient } from './http-client';
import { createLookup, type Lookup } from './lookup';
import { RateLimiter } from './rate-limiter';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const phone = (n: number): E164 => E164.parse(`+1415555${String(1_000 + n)}`);
const MANY = Array.from({ length: 30 }, (_, n) => phone(n));

let sandbox: CustomerIoSandbox;
let http: CustomerIoClient;
afterEach(async () => {
  http.close();
  await sandbox.stop();
});

async function lookupOn(
  options: SandboxOptions = {},
  { batch = 50, formats = ['e164'] as readonly PhoneFormat[] } = {},
): Promise<Lookup> {
  sandbox = await startCustomerIoSandbox({ appRps: 0, ...options });
  const authorization = `Bearer ${sandbox.workspace().appApiKey}`;
  http = new CustomerIoClient({ baseUrl: sandbox.appUrl, authorization }, () => undefined);
  const budget = new RateLimiter(redis, `test-${randomUUID()}`, 1_000);
  const nobody = { breakerChanged: jest.fn(), changed: jest.fn(), idle: jest.fn() };
  const gate = new ApiCircuit({ redis, key: `test-${randomUUID()}`, budget, events: nobody });
  const client = new GuardedClient(http, budget, gate);
  return createLookup(client, new AppApi(client), {
    phoneAttribute: 'phone',
    phoneFormats: formats,
    lookupBatch: batch,
  });
}

const searches = (): number => sandbox.requests({ operation: 'search' }).length;
const add = (stored: string): string => sandbox.workspace().addPerson({ attributes: { phone: stored } });

describe('lookup', () => {
  it.each(['flat', 'nested'] as const)(
    'tells the people of a joint search apart (%s answer)',
    async (shape) => {
      const lookup = await lookupOn({ attributesAnswer: shape });
      const owners = MANY.map((number, n) => (n % 3 === 0 ? [] : [add(number), add(number)]));
      const found = await Promise.all(MANY.map((number) => lookup(number)));
      expect(found.map((people) => people.toSorted())).toEqual(owners.map((people) => people.toSorted()));
      expect(searches()).toBe(1);
    },
  );

  it('asks nothing more than one search for a single phone', async () => {
    const lookup = await lookupOn();
    const person = add(phone(1));
    expect(await lookup(phone(1))).toEqual([person]);
    expect(sandbox.requests()).toHaveLength(1);
  });

  it('finds no one where there is no one', async () => {
    const lookup = await lookupOn();
    expect(await Promise.all([lookup(phone(1)), lookup(phone(2))])).toEqual([[], []]);
  });

  it('answers everyone who asks for the same phone at once', async () => {
    const lookup = await lookupOn();
    const person = add(phone(1));
    expect(await Promise.all([lookup(phone(1)), lookup(phone(1))])).toEqual([[person], [person]]);
    expect(searches()).toBe(1);
  });

  it('goes through all pages of more than a thousand people', async () => {
    const lookup = await lookupOn();
    const people = Array.from({ length: 1_203 }, () => add(phone(1)));
    expect((await lookup(phone(1))).toSorted()).toEqual(people.toSorted());
    expect(searches()).toBe(2);
  });

  it('tells national spellings apart', async () => {
    const lookup = await lookupOn({}, { formats: ['e164', 'national'] });
    const [a, b] = [add('(415) 555-1001'), add('4155551002')];
    expect(await Promise.all([lookup(phone(1)), lookup(phone(2))])).toEqual([[a], [b]]);
  });

  it('keeps to the batch it was given', async () => {
    const lookup = await lookupOn({}, { batch: 10 });
    await Promise.all(MANY.map((number) => lookup(number)));
    const sizes = sandbox
      .requests({ operation: 'search' })
      .map(({ body }) => (body as { filter: { or: unknown[] } }).filter.or.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(MANY.length);
    expect(Math.max(...sizes)).toBe(10);
  });

  it('halves a search that holds more conditions than Customer.io takes', async () => {
    const lookup = await lookupOn({ maxFilterConditions: 8 });
    const people = MANY.map((number) => add(number));
    expect((await Promise.all(MANY.map((number) => lookup(number)))).flat()).toEqual(people);
    expect(sandbox.requests({ operation: 'search', status: 400 }).length).toBeGreaterThan(0);
  });

  it('searches alone when someone found is not readable yet', async () => {
    const lookup = await lookupOn();
    const people = [add(phone(1)), add(phone(2))];
    sandbox.fault({
      match: { operation: 'attributes' },
      effect: { kind: 'status', status: 200, body: { customers: [] } },
    });
    expect(await Promise.all([lookup(phone(1)), lookup(phone(2))])).toEqual(people.map((person) => [person]));
    expect(searches()).toBe(3);
  });

  it('fails for all when the search fails, and for none after', async () => {
    const lookup = await lookupOn();
    const person = add(phone(1));
    sandbox.fault({ match: {}, times: 1, effect: { kind: 'status', status: 500 } });
    const results = await Promise.allSettled([lookup(phone(1)), lookup(phone(2))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await lookup(phone(1))).toEqual([person]);
  });

  it.each([
    ['a form it does not know', { identifiers: 'none' }],
    ['pages without end', { identifiers: [], ids: [], next: 'again' }],
  ])('fails on %s', async (_, body) => {
    const lookup = await lookupOn();
    sandbox.fault({ match: {}, effect: { kind: 'status', status: 200, body } });
    await expect(lookup(phone(1))).rejects.toMatchObject({ kind: 'transient' });
  });
});
