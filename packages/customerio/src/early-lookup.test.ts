import { Redis } from 'ioredis';
import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { E164 } from '@optout-sync/shared/domain';
import { AppApi } from './app-api';
import { createEarlyLookup, type EarlyLookup } from './early-lookup';
import { harmlessSearch } from './harmless-requests';
import type { FoundTogether } from './phone-search';
import { guardedApi, type GuardedApi } from './test-support/guarded-api';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

const phone = (n: number): E164 => E164.parse(`+1415555${String(1_000 + n)}`);
const [A, B, C] = [phone(1), phone(2), phone(3)];

let sandbox: CustomerIoSandbox;
let api: GuardedApi;
let found: { cioIds: readonly string[]; timestamp: number }[];
afterEach(async () => {
  api.close();
  await sandbox.stop();
});

async function startLookup({ later = true } = {}): Promise<EarlyLookup> {
  sandbox = await startCustomerIoSandbox({ appRps: 0 });
  const authorization = `Bearer ${sandbox.workspace().appApiKey}`;
  api = guardedApi({ redis, baseUrl: sandbox.appUrl, authorization, harmless: harmlessSearch('phone') });
  const options = { phoneAttribute: 'phone', phoneFormats: ['e164', 'digits'] as const, lookupBatch: 50 };
  found = [];
  return createEarlyLookup(api.client, new AppApi(api.client), options, (cioIds, timestamp) => {
    found.push({ cioIds: cioIds.toSorted(), timestamp });
    return Promise.resolve(later);
  });
}

const add = (stored: string): string => sandbox.workspace().addPerson({ attributes: { phone: stored } });
const reads = (): number => sandbox.requests({ operation: 'attributes' }).length;

describe('createEarlyLookup', () => {
  it('hands over all whom a joint search found, with the earliest timestamp of its phones, and tells them apart later', async () => {
    const lookup = await startLookup();
    const [a, a2, c] = [add(A), add(A.slice(1)), add(C)];
    const results = await Promise.all([
      lookup({ phone: A, timestamp: 30 }),
      lookup({ phone: B, timestamp: 10 }),
      lookup({ phone: C, timestamp: 20 }),
    ]);
    expect(found).toEqual([{ cioIds: [a, a2, c].toSorted(), timestamp: 10 }]);
    expect(reads()).toBe(0);
    const [batch] = results as FoundTogether[];
    expect(new Set(results)).toEqual(new Set([batch]));
    const people = batch?.tellApart(await batch.readPhones(batch.cioIds, {}));
    expect([A, B, C].map((one) => people?.get(one)?.toSorted())).toEqual([[a, a2].toSorted(), [], [c]]);
    expect(reads()).toBe(1);
  });

  it('hands over nobody for a single phone, whose people are known at once', async () => {
    const lookup = await startLookup();
    const a = add(A);
    expect(await lookup({ phone: A, timestamp: 1 })).toEqual([a]);
    expect(found).toEqual([]);
  });

  it('hands over nobody where nobody is found', async () => {
    const lookup = await startLookup();
    const both = [lookup({ phone: A, timestamp: 1 }), lookup({ phone: B, timestamp: 1 })];
    expect(await Promise.all(both)).toEqual([[], []]);
    expect(found).toEqual([]);
  });

  it('tells people apart at once where they could not be handed over', async () => {
    const lookup = await startLookup({ later: false });
    const a = add(A);
    const both = [lookup({ phone: A, timestamp: 1 }), lookup({ phone: B, timestamp: 1 })];
    expect(await Promise.all(both)).toEqual([[a], []]);
    expect(found).toHaveLength(1);
  });

  it('hands over the parts of a search that was too large each by itself', async () => {
    const lookup = await startLookup();
    sandbox.fault({
      match: { operation: 'search' },
      times: 1,
      effect: { kind: 'status', status: 400, body: { errors: [{ detail: 'too many', status: '400' }] } },
    });
    const [a, c] = [add(A), add(C)];
    await Promise.all([A, B, C, phone(4)].map((one, n) => lookup({ phone: one, timestamp: 10 - n })));
    expect(found).toEqual([
      { cioIds: [a], timestamp: 9 },
      { cioIds: [c], timestamp: 7 },
    ]);
  });
});
