import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { ActivityStore } from '@optout-sync/shared/service';
import { System } from '@optout-sync/testkit/system';
import { twilioMessage } from '@optout-sync/twilio-simulator';
import type { Page } from 'playwright-core';
import { REBOUND_HOST, accessibilityViolations } from './support/browser';
import { ConsoleBrowser, PASSWORD } from './support/console-browser';
import { ROOT } from './support/launcher';

jest.setTimeout(300_000);

/*
 * The console as a whole in Debian's Chromium, over a system of real processes: the log-in, each page of the navigation for each
 * theme and width, and its end. WRITE_SCREENSHOT=true writes the pictures of the README.
 */

const USERS = { vic: 'viewer', sam: 'support', ann: 'operator' } as const;

let system: System;
let console_: ConsoleBrowser;
beforeAll(async () => {
  system = await System.start();
  seedDemoPeople(system.sandbox.workspace());
  const [started, ingest] = await Promise.all([
    ConsoleBrowser.start(system, USERS),
    system.startIngest(),
    system.startWorker(),
  ]);
  console_ = started;
  const phones = [DEMO_PHONES.single, DEMO_PHONES.household];
  for (const From of phones) {
    await system.deliver(ingest, twilioMessage({ From, Body: 'STOP', OptOutType: undefined }));
  }
  await system.settled(phones, 1);
});
afterAll(async () => {
  await console_.browser.close();
  await system.stop();
});

afterEach(async () => {
  await console_.closePages();
  expect(console_.takeErrors()).toEqual([]);
});

/** The addresses of the navigation. */
const pagesOf = (page: Page): Promise<string[]> =>
  page
    .locator('header nav a')
    .evaluateAll((links) => links.map((link) => (link as unknown as { href: string }).href));

test('with the keyboard alone: a wrong password, the right one, a page of the navigation, and out again', async () => {
  const page = await console_.open();
  await page.getByLabel('Name').waitFor();
  await page.getByLabel('Name').focus();
  await page.keyboard.type('ann');
  await page.keyboard.press('Tab');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('The name or the password is wrong.').waitFor();
  // The browser reports the status 401.
  expect(console_.takeErrors()).toEqual([expect.stringContaining('401')]);
  await page.getByLabel('Name').focus();
  await page.keyboard.type('ann');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByRole('link', { name: 'Workspaces' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'APIs of default' }).getByText('closed').first().waitFor();
  await page.getByRole('button', { name: 'Log out' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Password').waitFor();
  await page.goto(`${console_.url}/audit`);
  await page.getByLabel('Password').waitFor();
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing to object to on any page, %s',
  async (colorScheme) => {
    const page = await console_.openAs('ann', { colorScheme });
    const found: string[] = [];
    for (const address of [...(await pagesOf(page)), `${console_.url}/nothing-here`]) {
      await page.goto(address);
      found.push(...(await accessibilityViolations(page)).map((violation) => `${address}: ${violation}`));
    }
    expect(found).toEqual([]);
    // The last page is not found, which the browser reports.
    console_.takeErrors();
  },
);

test('no page is wider than a phone', async () => {
  const page = await console_.openAs('ann', { viewport: { width: 360, height: 640 } });
  const widths: (readonly [string, unknown])[] = [];
  for (const address of await pagesOf(page)) {
    await page.goto(address);
    widths.push([address, await page.evaluate('document.documentElement.scrollWidth')]);
  }
  expect(widths.filter(([, width]) => width !== 360)).toEqual([]);
});

test('without JavaScript every page can be read, and one can log in and out', async () => {
  const page = await console_.openAs('sam', { javaScriptEnabled: false });
  const addresses = await pagesOf(page);
  expect(addresses.length).toBeGreaterThanOrEqual(9);
  for (const address of addresses) {
    await page.goto(address);
    expect(await page.locator('main').innerText()).not.toContain('Code ');
  }
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Password').waitFor();
});

test('a viewer sees masked phones on every page', async () => {
  const page = await console_.openAs('vic');
  for (const address of await pagesOf(page)) {
    await page.goto(address);
    expect(await page.content()).not.toContain(DEMO_PHONES.single);
  }
});

test('another site reaches the console neither by a name of its own nor by a form', async () => {
  const context = await console_.browser.newContext();
  const rebound = await (await context.newPage()).goto(console_.url.replace('127.0.0.1', REBOUND_HOST));
  expect(rebound?.status()).toBe(421);
  const page = await (await console_.openAs('ann')).context().newPage();
  await page.setContent(`<form method="post" action="${console_.url}/logout"></form>`);
  const answer = page.waitForResponse(`${console_.url}/logout`);
  await page.evaluate('document.forms[0].submit()');
  expect((await answer).status()).toBe(403);
});

test('the pictures of the README are a few kilobytes', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'optout-sync-test-'));
  const folder = process.env.WRITE_SCREENSHOT === 'true' ? join(ROOT, 'docs/images') : scratch;
  await seedHour();
  try {
    const page = await console_.openAs('ann', { viewport: { width: 1_100, height: 760 } });
    await page.screenshot({ path: join(folder, 'console-overview.png') });
    await page.getByRole('search').getByRole('textbox').first().fill(DEMO_PHONES.single);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Person/ }).waitFor();
    await page.screenshot({ path: join(folder, 'console-person.png') });
    for (const name of ['overview', 'person']) {
      expect(statSync(join(folder, `console-${name}.png`)).size).toBeLessThan(150_000);
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
});

/** An hour of traffic, which the charts of the overview show. */
async function seedHour(): Promise<void> {
  const store = new ActivityStore(system.connection, system.prefix);
  const now = Date.now();
  for (let minute = 1; minute < 60; minute += 1) {
    const count = 4 + Math.round(3 * Math.sin(minute / 6)) + (minute % 3);
    const at = now - minute * 60_000;
    await store.report({ service: 'ingest', name: 'seed', at }, new Map([['accepted', count]]));
    const ends = new Map([
      ['applied', count - 1],
      ['no_match', 1],
    ]);
    await store.report({ service: 'worker', name: 'seed', at }, ends);
  }
  await store.remove('seed');
}

test('it stops within the time of a service while pages are open', async () => {
  await console_.openAs('ann');
  const { code } = await console_.running.stop();
  expect(code).toBe(0);
  console_.takeErrors();
});
