import { ApiScope, ApiTokens } from '@optout-sync/operations';
import { ROUTES } from '../routes';
import { startTestConsole, type TestConsole } from '../test-support/test-console';

/* The API as part of the console: its tokens open no page, and the cookies of the pages open no route of it. */

let pages: TestConsole;
let token: string;
beforeAll(async () => {
  pages = await startTestConsole();
  const { redis, prefix } = pages.context.stores;
  token = await new ApiTokens(redis, prefix).add({
    name: 'crm',
    scopes: ApiScope.options,
    createdAt: Date.now(),
    by: 'Ann',
    why: 'a test',
  });
});
afterAll(() => pages.stop());

const PHONE = '+14155550101';

it('answers a token, also under another name of the host and from another origin', async () => {
  const headers = { authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' };
  const answer = await fetch(`${pages.url}/api/v1/optouts/${PHONE}`, { headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('etag')).not.toBeNull();
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});

it('takes no session of the pages for a token', async () => {
  const headers = pages.headersOf('operator');
  expect((await fetch(`${pages.url}/api/v1/optouts/${PHONE}`, { headers })).status).toBe(401);
  const change = await fetch(`${pages.url}/api/v1/optouts`, { method: 'POST', headers, body: '{}' });
  expect(change.status).toBe(401);
});

it('has no page that takes a token for a session', async () => {
  expect(ROUTES.length).toBeGreaterThan(5);
  for (const { method, path } of ROUTES) {
    const { status, headers } = await fetch(`${pages.url}${path.replace(/:\w+/g, 'none')}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, origin: pages.url },
    });
    expect([path, status, headers.get('location')?.startsWith('/login')]).toEqual([path, 303, true]);
  }
});

it('serves the reference within the policy of the pages', async () => {
  const page = await fetch(`${pages.url}/api/docs`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain('/assets/console.css');
  expect((await fetch(`${pages.url}/assets/console.css`)).status).toBe(200);
});

it('logs no phone and no token', () => {
  const text = pages.logLines.join('');
  expect(text).not.toContain(PHONE.slice(1));
  expect(text).not.toContain(token.slice(-43));
});
