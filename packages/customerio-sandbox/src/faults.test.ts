import type { CustomerIoSandbox } from './control/sandbox';
import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient, identify } from './test-support/api-client';

let sandbox: CustomerIoSandbox;
let api: ReturnType<typeof apiClient>;
let cioId: string;

beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({
    workspaces: [{ name: 'one' }, { name: 'two' }],
    appRps: 0,
    trackRps: 0,
  });
  api = apiClient(sandbox.url, sandbox.workspace());
});
beforeEach(() => {
  sandbox.reset();
  cioId = sandbox.workspace().addPerson({ id: 'a' });
});
afterAll(() => sandbox.stop());

const write = () => api.entity(identify({ cio_id: cioId }, { sms_unsubscribe: true }, 100));
const attributes = () => sandbox.workspace().person(cioId)!.attributes;

test('a status fault responds as given, `times` times, and does not carry out the request', async () => {
  const fault = sandbox.fault({
    match: { api: 'track' },
    times: 2,
    effect: { kind: 'status', status: 503, headers: { 'retry-after': '7' }, body: 'down' },
  });
  const response = await write();
  expect(response).toMatchObject({ status: 503, body: 'down' });
  expect(response.headers.get('retry-after')).toBe('7');
  expect((await api.attributes([cioId])).status).toBe(200);
  expect((await write()).status).toBe(503);
  expect(attributes()).toEqual({});
  expect((await write()).status).toBe(200);
  expect(fault.hits).toBe(2);
});

test.each([
  [{ operation: 'batch' as const }, false],
  [{ operation: 'entity' as const }, true],
  [{ workspace: 'two' }, false],
  [{ workspace: 'one', method: 'POST' }, true],
  [{ path: /^\/api\/v2/ }, true],
  [{ path: /v1/g }, false],
  [{ bodyIncludes: 'sms_unsubscribe' }, true],
  [{ bodyIncludes: 'whatsapp' }, false],
])('a fault that matches %p applies to the write: %p', async (match, hit) => {
  const fault = sandbox.fault({ match, effect: { kind: 'status', status: 500 } });
  expect((await write()).status).toBe(hit ? 500 : 200);
  expect(fault.hits).toBe(hit ? 1 : 0);
  fault.remove();
  expect((await write()).status).toBe(200);
});

test('a reset fault carries out nothing and sends no response', async () => {
  sandbox.fault({ times: 1, effect: { kind: 'reset' } });
  await expect(write()).rejects.toThrow('fetch failed');
  expect(attributes()).toEqual({});
  expect(sandbox.requests()).toMatchObject([{ operation: 'entity', status: null, fault: 'reset' }]);
});

test('an answer_lost fault carries out the write and sends no response', async () => {
  sandbox.fault({ times: 1, effect: { kind: 'answer_lost' } });
  await expect(write()).rejects.toThrow('fetch failed');
  expect(attributes()).toEqual({ sms_unsubscribe: true });
  expect((await write()).status).toBe(200);
});

test('a hang fault sends no response until the client times out', async () => {
  sandbox.fault({ effect: { kind: 'hang' } });
  const options = { method: 'POST', signal: AbortSignal.timeout(100) };
  await expect(fetch(`${sandbox.url}/api/v2/entity`, options)).rejects.toThrow('timeout');
  sandbox.clearFaults();
  expect((await write()).status).toBe(200);
});

test('a latency fault delays the write and the response', async () => {
  sandbox.fault({ effect: { kind: 'latency', ms: 80 } });
  const response = write();
  expect(attributes()).toEqual({});
  expect((await response).status).toBe(200);
  const [logged] = sandbox.requests();
  expect(logged!.durationMs).toBeGreaterThanOrEqual(78);
  expect(attributes()).toEqual({ sms_unsubscribe: true });
});

test('a write is carried out after its client has timed out', async () => {
  sandbox.fault({ effect: { kind: 'latency', ms: 1_000 } });
  const timeout = new AbortController();
  const timedOut = fetch(`${sandbox.url}/api/v2/entity`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('sandbox-site-one:sandbox-track-key-one')}` },
    body: JSON.stringify(identify({ cio_id: cioId }, { sms_unsubscribe: true })),
    signal: timeout.signal,
  });
  while (sandbox.requests().length === 0) await new Promise(setImmediate);
  timeout.abort(new Error('timeout'));
  await expect(timedOut).rejects.toThrow('timeout');
  while (sandbox.requests()[0]!.durationMs === null) await new Promise(setImmediate);
  expect(attributes()).toEqual({ sms_unsubscribe: true });
});

test('a drip fault sends the whole response slowly and closes the connection', async () => {
  sandbox.fault({ times: 1, effect: { kind: 'drip', bytesPerSecond: 2000 } });
  const before = performance.now();
  const { status, body } = await api.attributes([cioId]);
  expect(status).toBe(200);
  expect(body.customers).toHaveLength(1);
  expect(performance.now() - before).toBeGreaterThan(80);
});

test('stop ends hanging and dripping responses', async () => {
  const stopped = await startCustomerIoSandbox();
  stopped.fault({ match: { api: 'app' }, effect: { kind: 'hang' } });
  stopped.fault({ effect: { kind: 'drip', bytesPerSecond: 1 } });
  const client = apiClient(stopped.url, stopped.workspace());
  const both = Promise.allSettled([
    client.attributes([cioId]),
    client.call('GET', '/api/v1/accounts/region'),
  ]);
  while (stopped.requests().length < 2) await new Promise(setImmediate);
  await stopped.stop();
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
