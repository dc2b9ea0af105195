import { Buffer } from 'node:buffer';
import type { CustomerIoSandbox } from './control/sandbox';
import { startCustomerIoSandbox } from './start-sandbox';
import { apiClient, identify, phoneIs } from './test-support/api-client';

let now = 1_772_000_000_000;
let sandbox: CustomerIoSandbox;

beforeAll(async () => {
  sandbox = await startCustomerIoSandbox({
    workspaces: [{ name: 'us' }, { name: 'eu', region: 'eu' }, { name: 'wide', appRps: 0 }],
    trackRps: 3,
    now: () => now,
  });
});
beforeEach(() => {
  sandbox.reset();
});
afterAll(() => sandbox.stop());

const clientOf = (name: string, url = sandbox.url) => apiClient(url, sandbox.workspace(name));
const search = (name: string) => clientOf(name).search(phoneIs('+14155550101'));

describe('credentials', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  test.each(['', 'Bearer nope', basic('sandbox-site-us:sandbox-track-key-us')])(
    'the App API responds with 401 to %p',
    async (authorization) => {
      const { status } = await clientOf('us').call('GET', '/v1/optouts', undefined, authorization);
      expect(status).toBe(401);
    },
  );

  test.each(['', 'Bearer sandbox-app-key-us', basic('sandbox-site-us:nope'), basic('sandbox-track-key-us')])(
    'the Track API responds with 401 to %p',
    async (authorization) => {
      const { status } = await clientOf('us').call(
        'GET',
        '/api/v1/accounts/region',
        undefined,
        authorization,
      );
      expect(status).toBe(401);
    },
  );

  test('a workspace sees only its own people', async () => {
    const cioId = sandbox.workspace('us').addPerson({ id: 'a' });
    expect((await clientOf('us').attributes([cioId])).body.customers).toHaveLength(1);
    expect((await clientOf('wide').attributes([cioId])).body.customers).toHaveLength(0);
    await clientOf('wide').entity(identify({ cio_id: cioId }, { plan: 'x' }));
    expect(sandbox.workspace('us').person(cioId)!.attributes).toEqual({});
  });
});

describe('region', () => {
  test('is served in both regions', async () => {
    for (const url of Object.values(sandbox.urls)) {
      const { status, body } = await clientOf('eu', url).call('GET', '/api/v1/accounts/region');
      expect(status).toBe(200);
      expect(body).toEqual({ url: new URL(sandbox.urls.eu).host, region: 'eu', environment_id: 2 });
    }
  });

  test('makes the App API respond with 401 and Track redirect when it is the other one', async () => {
    expect((await clientOf('eu').attributes(['a'])).status).toBe(401);
    expect((await clientOf('eu', sandbox.urls.eu).attributes(['a'])).status).toBe(200);
    const redirect = await clientOf('eu').batch([identify({ id: 'a' }, {})]);
    expect(redirect.status).toBe(301);
    expect(redirect.headers.get('location')).toBe(`${sandbox.urls.eu}/api/v2/batch`);
    expect(sandbox.workspace('eu').people()).toEqual([]);
  });
});

describe('rate limits', () => {
  test('allow ten App API requests in any second and workspace, then respond with 429 and Retry-After', async () => {
    for (let n = 0; n < 10; n += 1) expect((await search('us')).status).toBe(200);
    const rejected = await search('us');
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get('retry-after')).toBe('1');
    expect(rejected.body).toEqual({ errors: [{ detail: expect.any(String) as string, status: '429' }] });
    expect((await clientOf('eu', sandbox.urls.eu).attributes(['a'])).status).toBe(200);
    now += 999;
    expect((await search('us')).status).toBe(429);
    now += 1;
    expect((await search('us')).status).toBe(200);
    expect(sandbox.workspace('us').rates().app).toEqual({ total: 13, maxPerSecond: 12, refused: 2 });
  });

  test('are separate for Track, and 0 means no limit', async () => {
    const write = () => clientOf('us').batch([identify({ cio_id: 'a3ffffff' }, {})]);
    expect([await write(), await write(), await write(), await write()].map(({ status }) => status)).toEqual([
      200, 200, 200, 429,
    ]);
    expect((await search('us')).status).toBe(200);
    const unlimited = await Promise.all(Array.from({ length: 30 }, () => search('wide')));
    expect(new Set(unlimited.map(({ status }) => status))).toEqual(new Set([200]));
    expect(sandbox.rates()).toMatchObject({
      app: { total: 31, refused: 0 },
      track: { total: 4, refused: 1 },
    });
  });
});

test('unknown paths respond with 404 and are logged', async () => {
  expect((await clientOf('us').call('GET', '/v1/customers')).status).toBe(404);
  expect((await clientOf('us').call('DELETE', '/api/v1/customers/a')).status).toBe(404);
  expect(sandbox.requests({ operation: 'unknown' })).toMatchObject([
    { api: 'app', method: 'GET', path: '/v1/customers', status: 404, workspace: 'us' },
    { api: 'track', method: 'DELETE', status: 404 },
  ]);
});
