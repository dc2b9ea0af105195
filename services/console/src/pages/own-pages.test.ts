import { startTestConsole, type TestConsole } from '../test-support/test-console';

/* The pages of the console itself: audit, settings, workspaces. */

const HOSTILE = '\u202e<script>alert(1)</script>';
const SECRET = 'this-is-the-track-key';

let pages: TestConsole;
beforeAll(async () => {
  pages = await startTestConsole({ CUSTOMERIO_TRACK_API_KEY: SECRET, LOG_LEVEL: 'warn' });
});
afterAll(() => pages.stop());

test('the audit trail lists the latest entry first, by action and by day, with masked phones', async () => {
  const { audit } = pages.context.stores;
  await audit.add({
    action: 'discard',
    by: 'Ann',
    why: 'call +1 415 555 0123',
    details: { phone: '+14155550123' },
  });
  await audit.add({ action: 'replay', by: HOSTILE, why: 'x'.repeat(1_000_000), details: { run: HOSTILE } });
  const { redis, prefix } = pages.context.stores;
  await redis.xadd(`${prefix}:audit`, '*', 'details', '{broken');
  const { text } = await pages.get('/audit', 'viewer');
  expect(text.indexOf('replay</bdi>')).toBeLessThan(text.indexOf('discard</bdi>'));
  expect(text).not.toMatch(/<script>alert|\u202e|14155550123|415 555 0123/);
  expect(text).toContain('{broken');
  expect(text.length).toBeLessThan(50_000);
  const discards = await pages.get('/audit?action=discard', 'viewer');
  expect(discards.text).toContain('+1415*****23');
  expect(discards.text).not.toContain('unreadable');
  const past = await pages.get('/audit?until=2020-01-01');
  expect(past.text).toContain('No entries.');
});

test.each(['action=drop', 'since=yesterday', 'cursor=%2B', 'cursor=1-1;DROP'])(
  'a wrong filter of the audit trail is refused: %s',
  async (query) => {
    const { status, text } = await pages.get(`/audit?${query}`);
    expect([status, text.includes('input_invalid')]).toEqual([400, true]);
  },
);

test('a page of the audit trail goes on where the one before ended', async () => {
  const { audit } = pages.context.stores;
  for (let n = 0; n < 60; n += 1)
    await audit.add({ action: 'sync', by: 'Ann', why: `entry ${String(n)}`, details: {} });
  const first = await pages.get('/audit?action=sync');
  const next = /href="([^"]+)" rel="next"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const second = await pages.get(next);
  expect(first.text).toContain('entry 59<');
  expect(first.text).not.toContain('entry 9<');
  expect(second.text).toContain('entry 9<');
});

test('settings say where each came from, and of a secret only that it is set', async () => {
  const { text } = await pages.get('/settings', 'viewer');
  expect(text).not.toContain(SECRET);
  const rowOf = (name: string): string =>
    new RegExp(`<code>${name}</code>.*?</tr>`, 's').exec(text)?.[0] ?? '';
  expect(rowOf('CUSTOMERIO_TRACK_API_KEY')).toMatch(/set.*environment/s);
  expect(rowOf('LOG_LEVEL')).toMatch(/warn.*environment/s);
  expect(rowOf('LOOKUP_BATCH')).toMatch(/100.*default/s);
  expect(rowOf('CONSOLE_URL')).toContain('not set');
});

test('a workspace shows what its workers say: paused, the worst circuit, the budget', async () => {
  const { redis, prefix, ledger } = pages.context.stores;
  const say = async (name: string, paused: boolean, breaker: number): Promise<void> => {
    const apis = [{ name: 'track', breaker, rps: 100 }];
    const workspaces = [{ name: 'default', paused, apis }];
    const report = { service: 'worker', name, at: await ledger.now(), workspaces };
    await redis.hset(`${prefix}:activity:instances`, name, JSON.stringify(report));
  };
  expect((await pages.get('/workspaces')).text).toContain('No worker has reported');
  await say('a', false, 0);
  const well = await pages.get('/workspaces', 'viewer');
  expect(well.text).toContain('closed');
  expect(well.text).not.toContain('Paused');
  expect(well.text).not.toContain(SECRET);
  await say('b', true, 2);
  const { text } = await pages.get('/workspaces', 'viewer');
  expect(text).toContain('open at 1 workers');
  expect(text).toContain('Paused');
});

test.each([
  'since=0000-01-01',
  'until=0001-01-01',
  'cursor=99999999999999999999-0',
  'cursor=1-99999999999999999999',
])('the audit trail refuses %s with what is wrong', async (query) => {
  const { status, text } = await pages.get(`/audit?${query}`, 'viewer');
  expect([status, text.includes('input_invalid')]).toEqual([400, true]);
});

test('a path that looks like a host is a page, or is not found', async () => {
  expect((await pages.get('//', 'viewer')).status).toBe(200);
  expect((await pages.get('//evil.example/audit', 'viewer')).status).toBe(404);
});

test('what Redis holds in another form is not blamed on the user, and is logged', async () => {
  const { redis, prefix } = pages.context.stores;
  const key = `${prefix}:reconcile:{default}:pass`;
  await redis.hset(key, { running: 'maybe' });
  const { status, text } = await pages.get('/workspaces', 'viewer');
  await redis.del(key);
  expect([status, text.includes('internal_error')]).toEqual([500, true]);
  expect(pages.logLines.join('')).toContain('internal_error');
});
