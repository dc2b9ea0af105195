import type { CustomerIoSandbox } from './control/sandbox';
import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient } from './test-support/api-client';

let now = 1_772_000_000_000;
let sandbox: CustomerIoSandbox;
let api: ReturnType<typeof apiClient>;

beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({ appRps: 0, optOutDelayMs: 20, now: () => now });
  api = apiClient(sandbox.url, sandbox.workspace());
});
beforeEach(() => {
  sandbox.reset();
});
afterAll(() => sandbox.stop());

const set = (cioId: string, optouts: unknown) =>
  api.call('PUT', `/v1/customers/${cioId}/optouts?id_type=cio_id`, { optouts });

test('opt-outs are applied after the 204, trimmed and in lower case for SMS', async () => {
  const cioId = sandbox.workspace().addPerson({ id: 'a' });
  const response = await set(cioId, [
    { from: ' MG01AB ', optout: true, channel: 'sms' },
    { from: 'WA1', optout: true, channel: 'whatsapp' },
  ]);
  expect(response).toMatchObject({ status: 204, body: '' });
  expect(sandbox.workspace().person(cioId)!.optOuts).toEqual([]);
  now += 20;
  const { body } = await api.call('GET', '/v1/customers/a/optouts');
  expect(body).toEqual({
    optouts: [
      { channel: 'sms', from: 'mg01ab' },
      { channel: 'whatsapp', from: 'WA1' },
    ],
  });
  await set(cioId, [{ from: 'mg01ab', optout: false, channel: 'sms' }]);
  now += 20;
  expect(sandbox.workspace().person(cioId)!.optOuts).toEqual([{ channel: 'whatsapp', from: 'WA1' }]);
});

test('opt-outs are listed by sender as it is stored, in pages', async () => {
  const cioIds = ['a', 'b', 'c'].map((id) => sandbox.workspace().addPerson({ id }));
  for (const cioId of cioIds) await set(cioId, [{ from: 'MG1', optout: true, channel: 'sms' }]);
  await set(cioIds[0]!, [{ from: 'MG2', optout: true, channel: 'sms' }]);
  now += 20;
  const { body } = await api.call('GET', '/v1/optouts?from=mg1&limit=2');
  const optouts = [{ channel: 'sms', from: 'mg1' }];
  expect(body.optouts).toEqual([
    { customer_id: 'a', cio_id: cioIds[0], optouts },
    { customer_id: 'b', cio_id: cioIds[1], optouts },
  ]);
  const last = await api.call('GET', `/v1/optouts?from=mg1&limit=2&start=${body.next}`);
  expect(last.body).toEqual({ optouts: [{ customer_id: 'c', cio_id: cioIds[2], optouts }], next: '' });
  expect((await api.call('GET', '/v1/optouts?from=MG1')).body).toEqual({ optouts: [], next: '' });
});

test('an unknown person responds with 404, an invalid body with 400', async () => {
  const optOut = { from: 'MG1', optout: true, channel: 'sms' };
  const cioId = sandbox.workspace().addPerson({});
  expect((await set('a3ffffff', [optOut])).status).toBe(404);
  expect((await set(cioId, [{ ...optOut, channel: 'email' }])).status).toBe(400);
  expect((await set(cioId, [{ ...optOut, from: ' ' }])).status).toBe(400);
  expect((await set(cioId, undefined)).status).toBe(400);
});
