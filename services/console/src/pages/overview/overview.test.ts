import { reconcileKey } from '@optout-sync/shared/reconcile';
import { startTestConsole, type TestConsole } from '../../test-support/test-console';

let pages: TestConsole;
beforeEach(async () => {
  pages = await startTestConsole();
});
afterEach(() => pages.stop());

const MINUTE_MS = 60_000;

it.each([
  ['of the processes', (prefix: string) => `${prefix}:activity:instances`],
  ['of this minute', (prefix: string) => `${prefix}:activity:${String(Math.floor(Date.now() / MINUTE_MS))}`],
  ['of what is not applied', (prefix: string) => reconcileKey(prefix, 'default', 'unapplied')],
  ['of what differs', (prefix: string) => reconcileKey(prefix, 'default', 'findings:missing')],
])('stands when another program wrote the key %s, and names it', async (_, keyOf) => {
  const { redis, prefix } = pages.context.stores;
  const key = keyOf(prefix);
  await redis.set(key, 'x');
  const { status, text } = await pages.get('/');
  expect(status).toBe(200);
  expect(text).toContain(`Another program wrote ${key} in Redis`);
  expect(text).toContain('Jobs by queue');
  await redis.del(key);
  expect((await pages.get('/')).text).not.toContain('Another program wrote');
});

it('is the error page of another page, with the key', async () => {
  const { redis, prefix } = pages.context.stores;
  const key = `${prefix}:audit`;
  await redis.set(key, 'x');
  const { status, text } = await pages.get('/audit');
  expect([status, text.includes('redis_key_invalid'), text.includes(key)]).toEqual([500, true, true]);
  expect(pages.logLines.join('')).toContain(`"key":"${key}"`);
});
