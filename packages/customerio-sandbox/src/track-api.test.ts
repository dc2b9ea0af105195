import type { CustomerIoSandbox } from './control/sandbox';
import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient, identify } from './test-support/api-client';
import type { SandboxWorkspace } from './workspace/workspace';

let sandbox: CustomerIoSandbox;
let workspace: SandboxWorkspace;
let api: ReturnType<typeof apiClient>;

beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({ trackRps: 0, phoneIsIdentifier: true });
  workspace = sandbox.workspace();
  api = apiClient(sandbox.url, workspace);
});
beforeEach(() => {
  sandbox.reset();
});
afterAll(() => sandbox.stop());

const stopped = { sms_unsubscribe: true, _update: true };
const created = () =>
  workspace.createdPeople().map(({ id, email, attributes }) => ({ id, email, attributes }));

describe('v2', () => {
  test('writes an attribute of a person known by cio_id, without the control fields', async () => {
    const cioId = workspace.addPerson({ id: 'a', attributes: { plan: 'x' } });
    const response = await api.batch([identify({ cio_id: cioId }, stopped, 1_772_013_598)]);
    expect(response).toMatchObject({ status: 200, body: {} });
    expect(workspace.person(cioId)).toMatchObject({
      attributes: { plan: 'x', sms_unsubscribe: true },
      writtenAt: { sms_unsubscribe: 1_772_013_598 },
    });
    expect(workspace.person(cioId)!.attributes).not.toHaveProperty('_update');
  });

  test('an unknown id, email or phone creates a person', async () => {
    await api.batch([
      identify({ id: 'ghost' }, { plan: 'x' }),
      identify({ email: 'g@example.com' }, {}),
      identify({ phone: '+14155550101' }, {}),
    ]);
    expect(created()).toEqual([
      { id: 'ghost', email: null, attributes: { plan: 'x' } },
      { id: null, email: 'g@example.com', attributes: {} },
      { id: null, email: null, attributes: { phone: '+14155550101' } },
    ]);
  });

  test('neither _update nor an unknown cio_id creates a person, although both respond with 200', async () => {
    const { status } = await api.batch([
      identify({ id: 'ghost' }, stopped),
      identify({ phone: '+14155550101' }, stopped),
      identify({ cio_id: 'a3ffffff' }, { sms_unsubscribe: true }),
    ]);
    expect(status).toBe(200);
    expect(workspace.people()).toEqual([]);
  });

  test('an event is listed once by its id, and only one of an unknown cio_id creates nobody', async () => {
    const cioId = workspace.addPerson({ id: 'a' });
    const event = (identifiers: object, id: string) => ({
      type: 'person',
      action: 'event',
      identifiers,
      id,
      name: 'sms_opted_out',
      attributes: { sender: 'MG1' },
    });
    const [first, second, third] = ['A', 'B', 'C'].map((end) => `01ARZ3NDEKTSV4RRFFQ69G5FA${end}`);
    await api.batch([event({ cio_id: cioId }, first!), event({ cio_id: cioId }, first!)]);
    await api.batch([event({ cio_id: 'a3ffffff' }, second!), event({ id: 'ghost' }, third!)]);
    expect(workspace.events(cioId)).toMatchObject([{ name: 'sms_opted_out', attributes: { sender: 'MG1' } }]);
    expect(created()).toEqual([{ id: 'ghost', email: null, attributes: {} }]);
    const { status, body } = await api.batch([event({ cio_id: cioId }, 'no ulid')]);
    expect([status, body]).toMatchObject([207, { errors: [{ field: 'id' }] }]);
  });

  test('created people are listed after their removal', async () => {
    await api.entity(identify({ id: 'ghost' }, {}));
    await api.entity({ type: 'person', action: 'delete', identifiers: { id: 'ghost' } });
    expect(workspace.people()).toEqual([]);
    expect(created()).toEqual([{ id: 'ghost', email: null, attributes: {} }]);
  });

  test('an older timestamp never overwrites an attribute, an equal one does', async () => {
    const cioId = workspace.addPerson({ id: 'a' });
    const write = (attributes: Record<string, unknown>, at: number) =>
      api.entity(identify({ cio_id: cioId }, attributes, at));
    await write({ sms_unsubscribe: true }, 200);
    await write({ sms_unsubscribe: false, plan: 'x' }, 100);
    expect(workspace.person(cioId)!.attributes).toEqual({ sms_unsubscribe: true, plan: 'x' });
    await write({ sms_unsubscribe: false }, 200);
    expect(workspace.person(cioId)!.attributes).toMatchObject({ sms_unsubscribe: false });
    await write({ sms_unsubscribe: null }, 300);
    await write({ sms_unsubscribe: true }, 250);
    expect(workspace.person(cioId)!.attributes).toEqual({ plan: 'x' });
  });

  test('a conflict with another person drops the whole update silently', async () => {
    workspace.addPerson({ id: 'a', attributes: { phone: '+14155550101' } });
    const other = workspace.addPerson({ id: 'b' });
    const response = await api.entity(identify({ cio_id: other }, { phone: '+14155550101', plan: 'x' }));
    expect(response.status).toBe(200);
    expect(workspace.person(other)!.attributes).toEqual({});
  });

  test('a 207 lists the invalid items and the others are applied', async () => {
    const cioId = workspace.addPerson({ id: 'a' });
    const { status, body } = await api.batch([
      identify({ cio_id: `cio_${cioId}` }, stopped),
      identify({ cio_id: cioId }, stopped),
      identify({ cio_id: cioId, id: 'a' }, stopped),
    ]);
    expect(status).toBe(207);
    expect(body.errors).toEqual([
      {
        batch_index: 0,
        reason: 'invalid',
        field: 'identifiers.cio_id',
        message: expect.any(String) as string,
      },
      { batch_index: 2, reason: 'invalid', field: 'identifiers', message: expect.any(String) as string },
    ]);
    expect(workspace.person(cioId)!.attributes).toEqual({ sms_unsubscribe: true });
  });

  const manyAttributes = Object.fromEntries(Array.from({ length: 301 }, (_, n) => [`a${n}`, n]));
  test.each([
    ['no identifiers', { type: 'person', action: 'identify' }],
    ['no identifier', identify({}, {})],
    ['an unknown identifier', identify({ name: 'a' }, {})],
    ['a cio_id that is a number', identify({ cio_id: 3 }, {})],
    ['an id of 151 bytes', identify({ id: 'x'.repeat(151) }, {})],
    ['a value of 1001 bytes', identify({ id: 'a' }, { note: 'x'.repeat(1001) })],
    ['a name of 151 bytes', identify({ id: 'a' }, { ['x'.repeat(151)]: 1 })],
    ['301 attributes', identify({ id: 'a' }, manyAttributes)],
    ['a timestamp in milliseconds', identify({ id: 'a' }, {}, 1_772_013_598_000)],
    ['a timestamp that is text', identify({ id: 'a' }, {}, '1772013598')],
    ['another type', { ...identify({ id: 'a' }, {}), type: 'object' }],
    ['another action', { ...identify({ id: 'a' }, {}), action: 'upsert' }],
    ['attributes that are a list', { ...identify({ id: 'a' }, {}), attributes: [] }],
    ['more than 32 kB', identify({ id: 'a' }, { a: 'x'.repeat(33_000) })],
  ])('rejects %s', async (_what, item) => {
    expect((await api.entity(item)).status).toBe(400);
    expect((await api.batch([item])).status).toBe(207);
    expect(workspace.people()).toEqual([]);
  });

  test.each([
    ['no JSON', '{"batch":['],
    ['no batch', {}],
    ['an empty batch', { batch: [] }],
    [
      'more than 500 kB',
      { batch: Array.from({ length: 600 }, () => identify({ id: 'a' }, { a: 'x'.repeat(900) })) },
    ],
  ])('rejects a whole batch: %s', async (_what, body) => {
    const response = await api.call('POST', '/api/v2/batch', body);
    expect(response.status).toBe(400);
    expect(response.body.meta.errors).toHaveLength(1);
    expect(workspace.people()).toEqual([]);
  });
});

describe('v1', () => {
  test('accepts id, email and the cio_ form', async () => {
    const cioId = workspace.addPerson({ id: 'a', email: 'a@example.com' });
    await api.identifyV1('a', { one: 1, _update: true });
    await api.identifyV1(encodeURIComponent('a@example.com'), { two: 2, _update: true });
    await api.identifyV1(`cio_${cioId}`, { three: 3, _timestamp: 100 });
    await api.identifyV1(`cio_${cioId}`, { three: 4, _timestamp: 99 });
    expect(workspace.person(cioId)!.attributes).toEqual({ one: 1, two: 2, three: 3 });
  });

  test('a phone number in the path creates a ghost person, unless _update is set', async () => {
    const person = workspace.addPerson({ id: 'a', attributes: { phone: '+14155550101' } });
    await api.identifyV1('%2B14155550101', stopped);
    expect(workspace.createdPeople()).toEqual([]);
    await api.identifyV1('%2B14155550101', { sms_unsubscribe: true });
    expect(created()).toEqual([{ id: '+14155550101', email: null, attributes: { sms_unsubscribe: true } }]);
    expect(workspace.person(person)!.attributes).not.toHaveProperty('sms_unsubscribe');
  });

  test('drops the update of a removed person, and rejects a body that is not an object', async () => {
    const cioId = workspace.addPerson({ id: 'a' });
    workspace.removePerson(cioId);
    expect((await api.identifyV1(`cio_${cioId}`, { sms_unsubscribe: true })).status).toBe(200);
    expect(workspace.people()).toEqual([]);
    expect((await api.identifyV1('a', [])).status).toBe(400);
  });
});

test('a merge keeps the primary value and loses the opt-out of the secondary', () => {
  const primary = workspace.addPerson({ id: 'a', attributes: { sms_unsubscribe: false } });
  const secondary = workspace.addPerson({
    email: 'b@example.com',
    attributes: { sms_unsubscribe: true, plan: 'x' },
  });
  workspace.mergePeople(primary, secondary);
  expect(workspace.people()).toMatchObject([
    { cioId: primary, id: 'a', email: 'b@example.com', attributes: { sms_unsubscribe: false, plan: 'x' } },
  ]);
});
