import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectSandboxControl } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { REBOUND_HOST, accessibilityViolations, startBrowser } from './support/browser';
import { ROOT, startLauncher, type Launcher } from './support/launcher';

jest.setTimeout(300_000);

/*
 * The page of the demo in Debian's Chromium, over the demo that npm start runs. WRITE_SCREENSHOT=true writes the picture of the
 * README.
 */

const DEADLINE_MS = 30_000;
const HOSTILE = '<script>window.attacked = true</script><img src=x onerror="window.attacked = true">';

let launcher: Launcher;
let browser: Browser;
let url: string;
beforeAll(async () => {
  [launcher, browser] = await Promise.all([startLauncher({}, ['--demo']), startBrowser(console.log)]);
  [url = ''] = await launcher.says(/^Open (\S+) in a browser/m);
});
afterAll(async () => {
  await browser.close();
  await launcher.stop();
});

/** What the browser reported as an error, such as a script that the Content-Security-Policy forbids. */
const errors: string[] = [];
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  expect(errors.splice(0)).toEqual([]);
});

async function open(options: BrowserContextOptions = {}, address = url): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_200, height: 800 }, ...options });
  context.setDefaultTimeout(DEADLINE_MS);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(address);
  return page;
}

const person = (page: Page, name: string): Locator =>
  page.locator('#people tr', { has: page.getByRole('rowheader', { name }) });

const flagOf = async (page: Page, name: string, flag: string): Promise<void> =>
  person(page, name).getByText(flag, { exact: true }).waitFor();

async function send(page: Page, from: string, body: string): Promise<void> {
  await page.getByLabel('Phone', { exact: true }).fill(from);
  await page.getByLabel('Message', { exact: true }).fill(body);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#messages').getByText(body, { exact: true }).first().waitFor();
}

test('the terminal names the page before all other addresses', () => {
  const [first] = /\bhttp:\S+/.exec(launcher.text().split('sample messages ended')[1] ?? '') ?? [];
  expect(first).toBe(url);
});

test('with the keyboard alone, STOP turns the profile without a reload, and START turns it back', async () => {
  const page = await open();
  await flagOf(page, 'ada@example.com', 'not set');
  await page.evaluate('window.loadedOnce = true');
  await page.keyboard.press('Tab');
  await page.keyboard.type('+1 (415) 555-0101');
  await page.keyboard.press('Tab');
  await page.keyboard.type('stop');
  await page.keyboard.press('Enter');
  await flagOf(page, 'ada@example.com', 'true');
  await page.locator('#messages').getByText('applied').waitFor();
  await page.keyboard.type('START');
  await page.keyboard.press('Enter');
  await flagOf(page, 'ada@example.com', 'false');
  expect(await page.evaluate('window.loadedOnce')).toBe(true);
});

test('the picture of the README is a few kilobytes', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  const write = process.env.WRITE_SCREENSHOT === 'true';
  const path = join(write ? join(ROOT, 'docs/images') : scratch, 'demo.png');
  try {
    const page = await open({ viewport: { width: 1_000, height: 740 } });
    await send(page, '+14155550101', 'STOP');
    await flagOf(page, 'ada@example.com', 'true');
    await page.locator('#messages tbody tr').first().getByText('applied').waitFor();
    await page.screenshot({ path });
    expect(statSync(path).size).toBeLessThan(150_000);
  } finally {
    await rm(scratch, { recursive: true });
  }
});

test('it shows messages without a keyword and to nobody as such, and what is wrong with the form', async () => {
  const page = await open();
  await send(page, '+14155550103', 'See you at the bus stop');
  await page.locator('#messages').getByText('no_opt_out').first().waitFor();
  await send(page, '+14155550199', 'END');
  await page.locator('#messages').getByText('no_match').first().waitFor();
  await page.getByLabel('Phone', { exact: true }).fill('5550103');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('alert').getByText('Write it like +14155550101').waitFor();
  // The browser reports the status 400.
  expect(errors.splice(0)).toEqual([expect.stringContaining('400')]);
});

test('hostile text is text, in messages and profiles, and makes the page no wider than a phone', async () => {
  const [sandbox = ''] = await launcher.says(/^ {2}Customer\.io +(\S+) \(sandbox/m);
  const hostile = { email: HOSTILE, attributes: { phone: HOSTILE, sms_unsubscribe: HOSTILE } };
  const workspace = connectSandboxControl(sandbox).workspace();
  const cioIds = [
    await workspace.addPerson(hostile),
    await workspace.addPerson({ email: `${'x'.repeat(300)}@example.com` }),
  ];
  const page = await open(
    { viewport: { width: 360, height: 640 } },
    `${url}/?from=${encodeURIComponent(`">${HOSTILE}`)}`,
  );
  expect(await page.getByLabel('Phone', { exact: true }).inputValue()).toBe(`">${HOSTILE}`);
  await send(page, '+14155550103', HOSTILE);
  await person(page, HOSTILE).waitFor();
  expect(await page.evaluate('window.attacked')).toBeUndefined();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  for (const cioId of cioIds) await workspace.removePerson(cioId);
  await person(page, HOSTILE).waitFor({ state: 'detached' });
});

test.each(['light', 'dark'] as const)('axe finds nothing to object to, %s', async (colorScheme) => {
  const page = await open({ colorScheme });
  await send(page, '+14155550105', 'STOP');
  await flagOf(page, 'eve@example.com', 'true');
  await send(page, '+14155550105', 'START');
  await flagOf(page, 'eve@example.com', 'false');
  expect(await accessibilityViolations(page)).toEqual([]);
});

test('without JavaScript it can be read, and the form works', async () => {
  const page = await open({ javaScriptEnabled: false });
  await send(page, '+14155550104', 'STOP');
  const isOptedOut = async (): Promise<boolean> => {
    await page.reload();
    return (await person(page, 'dan').innerText()).includes('true');
  };
  await waitFor(isOptedOut, { what: 'the profile to turn', timeoutMs: DEADLINE_MS });
});

test('another site can neither read the page, under a name of its own, nor send its form', async () => {
  const context = await browser.newContext();
  const rebound = await (await context.newPage()).goto(url.replace('127.0.0.1', REBOUND_HOST));
  expect(rebound?.status()).toBe(421);
  const page = await context.newPage();
  await page.setContent(
    `<form method="post" action="${url}/messages"><input name="from" value="+14155550103"><input name="body" value="STOP"></form>`,
  );
  const answer = page.waitForResponse(`${url}/messages`);
  await page.evaluate('document.forms[0].submit()');
  expect((await answer).status()).toBe(403);
});
