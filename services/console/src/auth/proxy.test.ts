import { startTestConsole, type TestConsole } from '../test-support/test-console';

const PROXY = { CONSOLE_AUTH: 'proxy', CONSOLE_USERS: 'ada@example.com:viewer,ann:operator' };

async function ask(pages: TestConsole, headers: Record<string, string>) {
  const response = await fetch(`${pages.url}/audit`, { headers, redirect: 'manual' });
  return [response.status, await response.text()] as const;
}

test('the header of the proxy names the user; nobody else is believed', async () => {
  const trusted = await startTestConsole({ ...PROXY, CONSOLE_PROXY_NETWORKS: '127.0.0.0/8' });
  const other = await startTestConsole({ ...PROXY, CONSOLE_PROXY_NETWORKS: '10.0.0.7' });
  try {
    const header = { 'x-forwarded-email': 'ada@example.com' };
    const [status, page] = await ask(trusted, header);
    expect([status, page.includes('ada@example.com'), page.includes('(viewer)')]).toEqual([200, true, true]);
    expect(page).not.toContain('Log out');
    const strangers: Record<string, string>[] = [
      {},
      { 'x-forwarded-email': 'eve' },
      { 'x-forwarded-email': 'ann, ada@example.com' },
    ];
    for (const headers of strangers) {
      const [refused, text] = await ask(trusted, headers);
      expect([refused, text.includes('user_unknown')]).toEqual([403, true]);
    }
    for (const headers of [header, { ...header, 'x-forwarded-for': '10.0.0.7' }]) {
      const [refused, text] = await ask(other, headers);
      expect([refused, text.includes('proxy_unknown')]).toEqual([403, true]);
    }
  } finally {
    await Promise.all([trusted.stop(), other.stop()]);
  }
});

test('a form of a proxied user needs the token of its page', async () => {
  const pages = await startTestConsole({ ...PROXY, CONSOLE_PROXY_NETWORKS: '127.0.0.1' });
  try {
    const headers = { 'x-forwarded-email': 'ann', origin: pages.url };
    const first = await fetch(pages.url, { headers });
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(await first.text())?.[1] ?? '';
    const search = async (token: string): Promise<string> => {
      const body = new URLSearchParams({ csrf: token, q: '+14155550101' });
      return (
        await fetch(`${pages.url}/search`, { method: 'POST', headers: { ...headers, cookie }, body })
      ).text();
    };
    expect(await search('x')).toContain('csrf_invalid');
    expect(await search(csrf)).not.toContain('csrf_invalid');
  } finally {
    await pages.stop();
  }
});

test('with no log-in at all another site reaches it neither by a name of its own nor by a form', async () => {
  const pages = await startTestConsole({ CONSOLE_AUTH: 'none', CONSOLE_USERS: '' });
  try {
    expect((await fetch(`${pages.url}/audit`)).status).toBe(200);
    const { port } = new URL(pages.url);
    const { request } = await import('node:http');
    const rebound = await new Promise<number | undefined>((resolve, reject) => {
      const options = { port, path: '/audit', headers: { host: `evil.example:${port}` } };
      request({ host: '127.0.0.1', ...options }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(rebound).toBe(421);
    const foreign = await fetch(`${pages.url}/search`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
    });
    expect(foreign.status).toBe(403);
  } finally {
    await pages.stop();
  }
});
