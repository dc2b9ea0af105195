import type { CustomerIoSandbox } from './control/sandbox';
import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient, phoneIs } from './test-support/api-client';

const PHONE = '+14155550101';
let now = 1_772_000_000_000;
let sandbox: CustomerIoSandbox;
let api: ReturnType<typeof apiClient>;

beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({
    appRps: 0,
    maxFilterConditions: 3,
    indexLagMs: 500,
    now: () => now,
  });
  api = apiClient(sandbox.url, sandbox.workspace());
});
beforeEach(() => {
  sandbox.reset();
});
afterAll(() => sandbox.stop());

function add(...people: Parameters<ReturnType<CustomerIoSandbox['workspace']>['addPerson']>[0][]): string[] {
  const cioIds = people.map((person) => sandbox.workspace().addPerson(person));
  now += 500;
  return cioIds;
}

const idsOf = async (filter: unknown) => (await api.search(filter)).body.ids;

test('returns the identifiers of all people who share a number, never the number', async () => {
  const [first, second] = add(
    { id: 'a', email: 'a@example.com', attributes: { phone: PHONE } },
    { attributes: { phone: PHONE } },
    { id: 'c', attributes: { phone: '+14155550102' } },
  );
  const { status, body } = await api.search(phoneIs(PHONE));
  expect(status).toBe(200);
  expect(body).toEqual({
    identifiers: [
      { cio_id: first, id: 'a', email: 'a@example.com' },
      { cio_id: second, id: null, email: null },
    ],
    ids: ['a', ''],
    next: '',
  });
});

test('responds with nulls when nobody is found', async () => {
  expect((await api.search(phoneIs(PHONE))).body).toEqual({ identifiers: null, ids: null, next: '' });
});

test('combines conditions with and, or, not and exists, one level deep', async () => {
  add(
    { id: 'a', attributes: { phone: PHONE, plan: 'x' } },
    { id: 'b', attributes: { phone: '(415) 555-0101' } },
    { id: 'c', attributes: { plan: 'x', sms_unsubscribe: true } },
  );
  const planIsX = { attribute: { field: 'plan', operator: 'eq', value: 'x' } };
  const hasPhone = { attribute: { field: 'phone', operator: 'exists' } };
  expect(await idsOf({ or: [phoneIs('(415) 555-0101'), phoneIs(PHONE)] })).toEqual(['a', 'b']);
  expect(await idsOf({ and: [planIsX, hasPhone] })).toEqual(['a']);
  expect(await idsOf({ not: hasPhone })).toEqual(['c']);
  expect(await idsOf({ and: [{ not: phoneIs(PHONE) }, { or: [planIsX, hasPhone] }] })).toEqual(['b', 'c']);
  expect(await idsOf({ attribute: { field: 'sms_unsubscribe', operator: 'eq', value: 'true' } })).toEqual([
    'c',
  ]);
  expect(await idsOf({ attribute: { field: 'id', operator: 'eq', value: 'b' } })).toEqual(['b']);
});

test.each([
  ['an unknown operator', { attribute: { field: 'phone', operator: 'contains', value: '415' } }],
  ['eq without a value', { attribute: { field: 'phone', operator: 'eq' } }],
  ['two levels of nesting', { and: [{ or: [{ and: [phoneIs(PHONE)] }] }] }],
  ['not over an array', { not: [phoneIs(PHONE)] }],
  ['an empty or', { or: [] }],
  ['two roots', { and: [phoneIs(PHONE)], or: [phoneIs(PHONE)] }],
  ['more conditions than allowed', { or: [1, 2, 3, 4].map(() => phoneIs(PHONE)) }],
  ['no filter', undefined],
])('rejects %s', async (_what, filter) => {
  const { status, body } = await api.search(filter);
  expect(status).toBe(400);
  expect(body.errors[0]).toMatchObject({ status: '400', detail: expect.any(String) as string });
});

test('returns pages of 50 by default, with an opaque next until the end', async () => {
  add(...Array.from({ length: 120 }, (_, n) => ({ id: `p${n}`, attributes: { phone: PHONE } })));
  const seen: string[] = [];
  const sizes: number[] = [];
  let next = '';
  do {
    const { body } = await api.search(phoneIs(PHONE), next && `?start=${next}`);
    seen.push(...body.ids!);
    sizes.push(body.ids!.length);
    next = body.next;
  } while (next !== '');
  expect(sizes).toEqual([50, 50, 20]);
  expect(new Set(seen).size).toBe(120);
  expect((await api.search(phoneIs(PHONE), '?limit=1000')).body.ids).toHaveLength(120);
});

test.each(['?limit=0', '?limit=1001', '?limit=x', '?start=bogus'])('rejects %s', async (query) => {
  expect((await api.search(phoneIs(PHONE), query)).status).toBe(400);
});

test('an empty_page fault inserts an empty page that is not the end', async () => {
  add({ id: 'a', attributes: { phone: PHONE } });
  sandbox.fault({ match: { operation: 'search' }, times: 1, effect: { kind: 'empty_page' } });
  const empty = await api.search(phoneIs(PHONE));
  expect(empty.body).toMatchObject({ identifiers: [], ids: [] });
  expect((await api.search(phoneIs(PHONE), `?start=${empty.body.next}`)).body).toMatchObject({
    ids: ['a'],
    next: '',
  });
});

test('writes and removals reach search after the index lag', async () => {
  const cioId = sandbox.workspace().addPerson({ id: 'a', attributes: { phone: PHONE } });
  expect(await idsOf(phoneIs(PHONE))).toBeNull();
  now += 500;
  expect(await idsOf(phoneIs(PHONE))).toEqual(['a']);
  sandbox.workspace().removePerson(cioId);
  expect(await idsOf(phoneIs(PHONE))).toEqual(['a']);
  now += 500;
  expect(await idsOf(phoneIs(PHONE))).toBeNull();
});

test('a person with a changed number is found only by the new one', async () => {
  const [cioId] = add({ id: 'a', attributes: { phone: PHONE } });
  expect(await idsOf(phoneIs(PHONE))).toEqual(['a']);
  await api.identifyV1(`cio_${cioId!}`, { phone: '+14155550102' });
  now += 500;
  expect(await idsOf(phoneIs(PHONE))).toBeNull();
  expect(await idsOf(phoneIs('+14155550102'))).toEqual(['a']);
});
