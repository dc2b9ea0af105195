import { ApiScope } from '@optout-sync/operations';
import { API_ROUTES } from './routes';
import { startApi, type RunningApi } from './test-support/running-api';
import { newPhone } from './test-support/samples';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const concrete = (path: string): string => path.replace('{phone}', '+14155550101').replace('{id}', 'some-id');
const ROUTES = API_ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const);

describe.each(ROUTES)('%s', (_, { method, path, scope, body }) => {
  const send = (options: object) =>
    api.ask(method, concrete(path), { ...(body && { body: {} }), ...options });

  it('needs a token', async () => {
    const { status, body: problem, headers } = await send({ token: null });
    expect([status, problem]).toMatchObject([401, { code: 'token_missing' }]);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  it('takes no cookie and no query for a token', async () => {
    const token = await api.tokenWith(...ApiScope.options);
    const headers = { cookie: `session=${token}; token=${token}` };
    expect((await send({ token: null, headers })).status).toBe(401);
    const inQuery = `${concrete(path)}?access_token=${token}`;
    expect((await api.ask(method, inQuery, { token: null })).status).toBe(401);
  });

  it('needs its scope, whatever other scopes the token has', async () => {
    const others = ApiScope.options.filter((one) => one !== scope);
    const { status, body: problem, headers } = await send({ token: await api.tokenWith(...others) });
    expect([status, problem]).toMatchObject([403, { code: 'scope_missing' }]);
    expect(headers.get('www-authenticate')).toContain(`scope="${scope}"`);
  });
});

describe('a token', () => {
  const ask = (token: string) => api.ask('get', `/optouts/${newPhone()}`, { token });

  it('works until it is revoked', async () => {
    const token = await api.tokenWith('optouts:read');
    expect((await ask(token)).status).toBe(200);
    await api.tokens.remove(/^oss_([^_]+)_/.exec(token)?.[1] ?? '');
    const { status, body } = await ask(token);
    expect([status, body]).toMatchObject([401, { code: 'token_invalid' }]);
  });

  it('has the time of its last use', async () => {
    const token = await api.tokenWith('optouts:read');
    await ask(token);
    const name = /^oss_([^_]+)_/.exec(token)?.[1];
    const listed = (await api.tokens.list()).find((one) => one.name === name);
    expect(Date.now() - (listed?.usedAt ?? 0)).toBeLessThan(120_000);
  });

  it.each(['Bearer', 'Bearer x', 'Basic dTpw', 'bearer  ', `Bearer ${'x'.repeat(5_000)}`])(
    'is not %.20s',
    async (authorization) => {
      const { status } = await api.ask('get', '/status', { token: null, headers: { authorization } });
      expect(status).toBe(401);
    },
  );
});

describe('the rate limit', () => {
  it('refuses what a token asks beyond it, and says when to come back', async () => {
    const limited = await startApi({ requestsPerSecond: 20 });
    try {
      const [one, other] = [await limited.tokenWith('optouts:read'), await limited.tokenWith('optouts:read')];
      const ask = (token: string) => limited.ask('get', `/optouts/${newPhone()}`, { token });
      // Within a second or two: at least one second gets more than 20.
      const answers = await Promise.all(Array.from({ length: 100 }, () => ask(one)));
      const refused = answers.filter(({ status }) => status === 429);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(20);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused[0]?.body).toMatchObject({ code: 'rate_limited' });
      expect(refused[0]?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect((await ask(other)).status).toBe(200);
    } finally {
      await limited.close();
    }
  });

  it('counts many numbers as many requests', async () => {
    const limited = await startApi({ requestsPerSecond: 20 });
    try {
      const token = await limited.tokenWith('optouts:read');
      const phones = Array.from({ length: 1_000 }, () => newPhone());
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => limited.ask('post', '/lookups', { token, body: { phones } })),
      );
      expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    } finally {
      await limited.close();
    }
  });
});
