import { checkAccess, type AccessCheck } from './check-access';
import { CustomerIoClient } from './customerio-client';
import {
  startAnsweringServer,
  type AnsweringServer,
  type CannedAnswer,
} from './test-support/answering-server';

const REGION: CannedAnswer = { status: 200, body: { region: 'us' } };
const SEARCH: CannedAnswer = { status: 200, body: { identifiers: null, ids: null, next: '' } };
const HTML = '<html>sign in</html>';

describe('checkAccess', () => {
  let server: AnsweringServer;
  let clients: CustomerIoClient[];

  beforeEach(async () => {
    server = await startAnsweringServer();
    clients = [0, 1].map(
      () => new CustomerIoClient({ baseUrl: server.url, timeoutMs: 1_000 }, () => undefined),
    );
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await server.stop();
  });

  function check(app: CannedAnswer, track: CannedAnswer = REGION): Promise<AccessCheck> {
    server.answer((path) => (path.startsWith('/v1/customers') ? app : track));
    const workspace = { configuredAs: 'default', phoneAttribute: 'phone' };
    return checkAccess({ app: clients[0], track: clients[1]!, region: 'us', workspace });
  }

  it('accepts keys that both APIs accept', async () => {
    expect(await check(SEARCH)).toEqual({ errors: [], unchecked: [] });
  });

  it.each<[string, CannedAnswer]>([
    ["Customer.io's 401", { status: 401, body: { errors: [{ detail: 'unauthorized', status: '401' }] } }],
    ["Customer.io's 403", { status: 403, body: { meta: { error: 'forbidden' } } }],
    ['a 401 without content', { status: 401 }],
  ])('takes %s for wrong keys', async (_, answer) => {
    expect((await check(answer)).errors).toEqual([expect.stringContaining('CUSTOMERIO_APP_API_KEY')]);
    expect((await check(SEARCH, answer)).errors).toEqual([
      expect.stringContaining('CUSTOMERIO_TRACK_API_KEY'),
    ]);
  });

  it('takes a redirect to the same path of another host for the wrong region', async () => {
    const location = 'https://track-eu.customer.io/api/v1/accounts/region';
    expect((await check(SEARCH, { status: 301, headers: { location } })).errors).toHaveLength(1);
  });

  it('takes the answered region for what it is', async () => {
    const { errors } = await check(SEARCH, { status: 200, body: { region: 'eu' } });
    expect(errors).toEqual([expect.stringContaining('the workspace is in eu')]);
  });

  it.each<[string, CannedAnswer]>([
    ['404', { status: 404 }],
    ['a 404 page', { status: 404, body: HTML }],
    ["Customer.io's 404", { status: 404, body: { errors: [{ detail: 'x' }] } }],
    ["Customer.io's 400", { status: 400, body: { errors: [{ detail: 'x' }] } }],
    ['a 401 page', { status: 401, body: HTML }],
    ['a 403 page', { status: 403, body: HTML }],
    ['a 403 of a gateway', { status: 403, body: { message: 'blocked' } }],
    ['a page', { status: 200, body: HTML }],
    ['an empty object', { status: 200, body: {} }],
    ['a redirect to a login page', { status: 302, headers: { location: 'https://login.example.com/?to=x' } }],
    ['a redirect without a target', { status: 302 }],
    ['202', { status: 202, body: {} }],
    ['503', { status: 503 }],
  ])('takes %s for no check at all', async (_, answer) => {
    const { errors, unchecked } = await check(answer, answer);
    expect(errors).toEqual([]);
    expect(unchecked).toHaveLength(2);
  });
});
