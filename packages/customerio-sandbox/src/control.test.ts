import type { CustomerIoSandbox } from './control/sandbox';
import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient, identify, phoneIs } from './test-support/api-client';
import { connectSandboxControl, type SandboxControl } from './control/connect';

let sandbox: CustomerIoSandbox;
let control: SandboxControl;

beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({ workspaces: [{ name: 'one' }, { name: 'two', region: 'eu' }] });
  control = connectSandboxControl(sandbox.url);
});
beforeEach(() => control.reset());
afterAll(() => sandbox.stop());

test('lists the workspaces with their URLs and credentials', async () => {
  const [one, two] = await control.workspaces();
  expect(two).toMatchObject({
    name: 'two',
    region: 'eu',
    url: sandbox.urls.eu,
    appApiKey: 'sandbox-app-key-two',
  });
  expect((await apiClient(one!.url, one!).attributes(['a'])).status).toBe(200);
});

test('adds, reads, merges and removes people', async () => {
  const two = control.workspace('two');
  const a = await two.addPerson({ id: 'a', attributes: { sms_unsubscribe: false } });
  const [b] = await two.addPeople([{ email: 'b@example.com', attributes: { plan: 'x' } }]);
  await two.mergePeople(a, b!);
  expect(await two.people()).toMatchObject([{ cioId: a, attributes: { sms_unsubscribe: false, plan: 'x' } }]);
  expect(await two.person(b!)).toBeUndefined();
  expect(await two.removePerson(a)).toBe(true);
  expect(await two.removePerson(a)).toBe(false);
  expect(await control.workspace().people()).toEqual([]);
});

test('edits people, and delays what search sees of it', async () => {
  const one = control.workspace();
  const api = apiClient(sandbox.url, sandbox.workspace());
  const cioId = await one.addPerson({
    attributes: { phone: '+1', sms_unsubscribe: true },
    attributesAt: 100,
  });
  const found = async (phone: string) => (await api.search(phoneIs(phone))).body.ids;

  await one.lagIndex(60_000);
  expect(await one.setAttributes(cioId, { phone: '+2', sms_unsubscribe: false })).toBe(true);
  expect(await one.person(cioId)).toMatchObject({ attributes: { phone: '+2', sms_unsubscribe: false } });
  expect([await found('+1'), await found('+2')]).toEqual([[''], null]);
  await one.lagIndex(0);
  await one.setAttributes(cioId, { plan: 'x' });
  expect([await found('+1'), await found('+2')]).toEqual([[''], null]);
  await one.catchUpIndex();
  expect([await found('+1'), await found('+2')]).toEqual([null, ['']]);

  expect(await one.setAttributes(cioId, { sms_unsubscribe: true }, 50)).toBe(true);
  expect(await one.person(cioId)).toMatchObject({ attributes: { sms_unsubscribe: false } });
  expect(await one.setAttributes('gone', {})).toBe(false);
});

test('lists the events of a person', async () => {
  const one = control.workspace();
  const cioId = await one.addPerson({ id: 'a' });
  const api = apiClient(sandbox.url, sandbox.workspace());
  await api.entity({
    type: 'person',
    identifiers: { cio_id: cioId },
    action: 'event',
    name: 'sms_opted_out',
  });
  expect(await one.events(cioId)).toMatchObject([{ name: 'sms_opted_out' }]);
  expect(await one.events('gone')).toEqual([]);
});

test('adds faults with patterns, counts their hits and removes them', async () => {
  const api = apiClient(sandbox.url, sandbox.workspace());
  const path = /\/api\/v2\/ENTITY/i;
  const fault = await control.fault({
    match: { path },
    times: Infinity,
    effect: { kind: 'status', status: 500 },
  });
  const write = () => api.entity(identify({ id: 'a' }, {}));
  expect([(await write()).status, (await write()).status]).toEqual([500, 500]);
  expect(await fault.hits()).toBe(2);
  await fault.remove();
  expect((await write()).status).toBe(200);
  expect(await control.requests({ path, status: 500 })).toMatchObject([
    { operation: 'entity', body: identify({ id: 'a' }, {}), fault: 'status' },
    { operation: 'entity' },
  ]);
  expect(await control.workspace().createdPeople()).toMatchObject([{ id: 'a', createdBy: 'api' }]);
  expect((await control.rates()).track).toMatchObject({ total: 3, maxPerSecond: 3 });
  expect((await control.workspace('two').rates()).track.total).toBe(0);
});

test('is neither counted nor logged, and rejects invalid commands with a reason', async () => {
  await expect(control.workspace('three').people()).rejects.toThrow(
    'unknown workspace three; known: one, two',
  );
  await control.workspace().addPerson({ id: 'a' });
  await expect(control.workspace().addPerson({ id: 'a' })).rejects.toThrow('another person has that id');
  expect(await control.requests()).toEqual([]);
});

test('reset removes people, faults and requests', async () => {
  await control.workspace().seedDemoPeople();
  await control.fault({ effect: { kind: 'status', status: 500 } });
  await apiClient(sandbox.url, sandbox.workspace()).attributes(['a']);
  await control.reset();
  expect(await control.workspace().people()).toEqual([]);
  expect(await control.requests()).toEqual([]);
  expect((await apiClient(sandbox.url, sandbox.workspace()).attributes(['a'])).status).toBe(200);
});
