import { consoleUserEntry } from '@optout-sync/operations';
import { startTestConsole, type TestConsole } from '../test-support/test-console';

const PASSWORD = 'correct horse battery staple';

let pages: TestConsole;
beforeAll(async () => {
  const user = await consoleUserEntry({ name: 'ada@example.com', role: 'support', password: PASSWORD });
  pages = await startTestConsole({ CONSOLE_USERS: user });
});
afterAll(() => pages.stop());

const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${pages.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: pages.url, ...headers },
    body: new URLSearchParams(fields),
  });

const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';

test('the right password opens the page that was asked for; logging out ends the session', async () => {
  const closed = await fetch(`${pages.url}/?a=1`, { redirect: 'manual' });
  expect(closed.headers.get('location')).toBe('/login?next=%2F%3Fa%3D1');
  const login = await post('/login', { name: 'ada@example.com', password: PASSWORD, next: '/?a=1' });
  expect([login.status, login.headers.get('location')]).toEqual([303, '/?a=1']);
  expect(login.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Lax/);
  const cookie = cookieOf(login);
  const page = await (await fetch(pages.url, { headers: { cookie } })).text();
  expect(page).toContain('ada@example.com');
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  await post('/logout', { csrf: 'wrong' }, { cookie });
  expect((await fetch(pages.url, { headers: { cookie }, redirect: 'manual' })).status).toBe(200);
  await post('/logout', { csrf }, { cookie });
  expect((await fetch(pages.url, { headers: { cookie }, redirect: 'manual' })).status).toBe(303);
});

test('a wrong password and an unknown name get the same answer, and neither is logged', async () => {
  const wrong = await post('/login', { name: 'ada@example.com', password: 'not this one at all' });
  const unknown = await post('/login', { name: 'nobody', password: PASSWORD });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(await wrong.text()).toBe(await unknown.text());
  expect(wrong.headers.get('set-cookie')).toBeNull();
  expect(pages.logLines.join('')).not.toMatch(/horse|not this one/);
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/\tx'])(
  'after the log-in nobody is sent to %j',
  async (next) => {
    const login = await post('/login', { name: 'ada@example.com', password: PASSWORD, next });
    expect(login.headers.get('location')).toBe('/');
  },
);

test('after ten attempts for a name there is a pause, also for the right password', async () => {
  for (let n = 0; n < 10; n += 1) await post('/login', { name: 'eve', password: 'guess' });
  const limited = await post('/login', { name: 'eve', password: 'guess' });
  expect(limited.status).toBe(429);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(60);
  expect(await limited.text()).toContain('too_many_logins');
});

test('a form of another site and a name of another site are refused', async () => {
  const fields = { name: 'ada@example.com', password: PASSWORD };
  for (const origin of ['http://evil.example', 'null']) {
    const foreign = await post('/login', fields, { origin });
    expect([foreign.status, (await foreign.text()).includes('origin_foreign')]).toEqual([403, true]);
  }
});

test('no page may be framed, may load anything from elsewhere, or is stored by the browser', async () => {
  const { headers } = await fetch(`${pages.url}/login`);
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src 'self' data:;form-action 'self';base-uri 'none';frame-ancestors 'none'",
  );
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('a form larger than any of the console is refused', async () => {
  const large = await post('/login', { name: 'x', password: 'x'.repeat(100_000) });
  expect([large.status, (await large.text()).includes('body_too_large')]).toEqual([413, true]);
});

test('behind a proxy of ours one address that guesses locks out nobody else', async () => {
  const user = await consoleUserEntry({ name: 'ada', role: 'viewer', password: PASSWORD });
  const proxied = await startTestConsole({ CONSOLE_USERS: user, CONSOLE_PROXY_NETWORKS: 'loopback' });
  const logIn = async (address: string, password: string): Promise<number> => {
    const response = await fetch(`${proxied.url}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: proxied.url, 'x-forwarded-for': address },
      body: new URLSearchParams({ name: 'ada', password }),
    });
    return response.status;
  };
  try {
    for (let n = 0; n < 10; n += 1) await logIn('203.0.113.9', 'guess');
    expect(await logIn('203.0.113.9', PASSWORD)).toBe(429);
    expect(await logIn('198.51.100.1', PASSWORD)).toBe(303);
    // A subscriber has all addresses of a /64.
    for (let n = 0; n < 10; n += 1) await logIn(`2001:db8:1:2::${String(n)}`, 'guess');
    expect(await logIn('2001:db8:1:2:3:4:5:6', PASSWORD)).toBe(429);
    expect(await logIn('2001:db8:1:3::1', PASSWORD)).toBe(303);
  } finally {
    await proxied.stop();
  }
});
