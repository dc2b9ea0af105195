import { ROUTES } from '../routes';
import { mayDo, type Role } from '../http/route';
import { startTestConsole, type TestConsole } from '../test-support/test-console';

/*
 * What each role may do is a list: every route is asked for by every role, and a route that is not listed here fails the test.
 */

/** The least role of each route. */
const ALLOWED: Readonly<Record<string, Role>> = {
  'GET /': 'viewer',
  'GET /dead-letters': 'viewer',
  'POST /dead-letters/find': 'support',
  'GET /dead-letters/waiting': 'viewer',
  'GET /dead-letters/replay': 'operator',
  'POST /dead-letters/replay': 'operator',
  'GET /dead-letters/discard': 'operator',
  'POST /dead-letters/discard': 'operator',
  'GET /dead-letters/:id': 'viewer',
  'POST /dead-letters/:id/reveal': 'support',
  'GET /workspaces': 'viewer',
  'GET /audit': 'viewer',
  'GET /settings': 'viewer',
  'GET /runs': 'viewer',
  'GET /runs/:id': 'viewer',
  'POST /runs/:id/cancel': 'operator',
  'GET /live/overview': 'viewer',
  'GET /live/runs/:id': 'viewer',
  'GET /opt-outs': 'viewer',
  'GET /people/:id': 'viewer',
  'POST /people/:id/reveal': 'support',
  'POST /people/:id/proof': 'support',
  'POST /people/:id/verify': 'support',
  'POST /people/:id/correct': 'operator',
  'POST /people/:id/set-back': 'operator',
  'POST /people/:id/opt-out/preview': 'support',
  'POST /people/:id/opt-out': 'support',
  'POST /people/:id/opt-in/preview': 'operator',
  'POST /people/:id/opt-in': 'operator',
  'POST /search': 'viewer',
  'GET /search/people': 'viewer',
  'GET /search/messages/:sid': 'viewer',
  'GET /review': 'viewer',
  'GET /review/:sid': 'viewer',
  'POST /review/:sid/apply': 'operator',
  'POST /review/:sid/dismiss': 'operator',
  'GET /review/dead-letters/:id': 'viewer',
  'POST /review/dead-letters/:id/apply': 'operator',
  'POST /review/dead-letters/:id/dismiss': 'operator',
  'GET /drift': 'viewer',
  'GET /sent-after': 'viewer',
};

let pages: TestConsole;
beforeAll(async () => {
  pages = await startTestConsole();
});
afterAll(() => pages.stop());

const nameOf = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `${method} ${path}`;
const pathOf = (path: string): string => path.replace(/:\w+/g, 'none');
const ROLES = ['viewer', 'support', 'operator'] as const;

test('the routes are those listed here, with the roles listed here', () => {
  expect(Object.fromEntries(ROUTES.map((route) => [nameOf(route), route.role]))).toEqual(ALLOWED);
});

test('a GET never changes anything: every action is a POST, and no two routes are the same', () => {
  expect(ROUTES.filter(({ method, kind }) => method === 'GET' && kind === 'action')).toEqual([]);
  expect(new Set(ROUTES.map(nameOf)).size).toBe(ROUTES.length);
});

describe.each(ROLES)('a user with the role %s', (role) => {
  test.each(ROUTES.map((route) => [nameOf(route), route] as const))('asks for %s', async (_, route) => {
    const path = pathOf(route.path);
    if (route.kind === 'stream') {
      const response = await fetch(`${pages.url}${path}`, { headers: pages.headersOf(role) });
      await response.body?.cancel();
      expect(response.status === 403).toBe(!mayDo(role, route.role));
      return;
    }
    const { status, text } =
      route.method === 'GET' ? await pages.get(path, role) : await pages.post(path, {}, role);
    if (mayDo(role, route.role)) expect(text).not.toContain('role_insufficient');
    else expect([status, text]).toEqual([403, expect.stringContaining('role_insufficient')]);
    expect(status).not.toBe(500);
  });
});

test('without a session every route leads to the log-in', async () => {
  for (const { method, path } of ROUTES) {
    const init = { method, redirect: 'manual', headers: { origin: pages.url } } as const;
    const { status, headers } = await fetch(`${pages.url}${pathOf(path)}`, init);
    expect([path, status, headers.get('location')?.startsWith('/login')]).toEqual([path, 303, true]);
  }
});

test('without the token of its form no POST is accepted', async () => {
  for (const { path } of ROUTES.filter(({ method }) => method === 'POST')) {
    const { status, text } = await pages.post(pathOf(path), { csrf: 'x'.repeat(43) });
    expect([path, status, text.includes('csrf_invalid')]).toEqual([path, 403, true]);
  }
});

test('no GET changes what is stored, but that a session goes on', async () => {
  const { redis, prefix } = pages.context.stores;
  const dump = async (): Promise<Record<string, string>> => {
    const keys = (await redis.keys(`*${prefix}*`)).sort();
    const dumps = await Promise.all(keys.map((key) => redis.dump(key)));
    return Object.fromEntries(keys.map((key, index) => [key, dumps[index]?.toString() ?? '']));
  };
  const before = await dump();
  for (const { path, kind } of ROUTES.filter(
    ({ method, kind: one }) => method === 'GET' && one !== 'stream',
  )) {
    expect([path, kind, (await pages.get(pathOf(path))).status]).not.toEqual([path, kind, 500]);
  }
  expect(await dump()).toEqual(before);
});

test('an unknown page is not found, which says its code', async () => {
  const { status, text } = await pages.get('/nothing-here');
  expect(status).toBe(404);
  expect(text).toContain('not_found');
});
