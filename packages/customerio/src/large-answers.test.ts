import { Redis } from 'ioredis';
import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { E164 } from '@optout-sync/shared/domain';
import { AppApi } from './app-api';
import { harmlessSearch } from './harmless-requests';
import { createLookup } from './lookup';
import { createPeopleReader } from './people-reader';
import { guardedApi, type GuardedApi } from './test-support/guarded-api';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

/** Room for the attributes of two people, not of four. */
const MAX_ANSWER_BYTES = 30_000;
const PEOPLE = 64;
const phone = (n: number): E164 => E164.parse(`+1415555${String(1_000 + n)}`);

let sandbox: CustomerIoSandbox;
let api: GuardedApi;
let cioIds: string[];
beforeEach(async () => {
  sandbox = await startCustomerIoSandbox({ appRps: 0 });
  api = guardedApi({
    redis,
    baseUrl: sandbox.appUrl,
    authorization: `Bearer ${sandbox.workspace().appApiKey}`,
    harmless: harmlessSearch('phone'),
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  cioIds = Array.from({ length: PEOPLE }, (_, n) => addPerson(phone(n), 10));
});
afterEach(async () => {
  api.close();
  await sandbox.stop();
});

/** Adds somebody with so many attributes of 900 bytes. */
function addPerson(number: E164, attributes: number): string {
  const large = Array.from({ length: attributes }, (_, n) => [`note_${String(n)}`, 'x'.repeat(900)]);
  return sandbox.workspace().addPerson({
    attributes: { phone: number, ...(Object.fromEntries(large) as Record<string, string>) },
  });
}
const reads = (): number => sandbox.requests({ operation: 'attributes' }).length;

describe('an answer that is larger than what is read', () => {
  it('is asked for in halves, and opens no circuit', async () => {
    const people = await new AppApi(api.client).readPeople(cioIds, ['phone']);
    expect([...people].map(([cioId, { values }]) => [cioId, values.get('phone')])).toEqual(
      cioIds.map((cioId, n) => [cioId, phone(n)]),
    );
    // 1, 2, 4, 8 and 16 that are too large, and 32 with two people each.
    expect(reads()).toBe(63);
    expect(api.states).toEqual([]);
  });

  it('lets the people of a combined search be told apart all the same', async () => {
    const lookup = createLookup(api.client, new AppApi(api.client), {
      phoneAttribute: 'phone',
      phoneFormats: ['e164'],
      lookupBatch: 100,
    });
    const found = await Promise.all(cioIds.map((_, n) => lookup(phone(n))));
    expect(found).toEqual(cioIds.map((cioId) => [cioId]));
    expect(sandbox.requests({ operation: 'search' })).toHaveLength(1);
  });

  it('lets the people of many calls be read together all the same', async () => {
    const read = createPeopleReader(api.client, new AppApi(api.client), ['phone']);
    const people = await Promise.all(cioIds.map((cioId) => read([cioId])));
    expect(people.map((one) => [...one.keys()])).toEqual(cioIds.map((cioId) => [cioId]));
  });

  it('is an error of its own where it is of one person', async () => {
    const cioId = addPerson(phone(PEOPLE), 40);
    await expect(new AppApi(api.client).readPeople([cioId], ['phone'])).rejects.toMatchObject({
      kind: 'rejected',
      code: 'customerio_answer_too_large',
      operation: 'attributes',
    });
    expect(reads()).toBe(1);
    expect(api.states).toEqual([]);
  });
});
