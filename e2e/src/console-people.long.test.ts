import { waitFor } from '@optout-sync/local-runtime/process';
import { InboundEvent, type Subject } from '@optout-sync/shared/domain';
import { Findings } from '@optout-sync/shared/reconcile';
import { ReviewEntry } from '@optout-sync/shared/review';
import { MessageLogProgress, SentAfterEntry, SentAfterLists } from '@optout-sync/shared/sent-after';
import { System } from '@optout-sync/testkit/system';
import { messageSid } from '@optout-sync/twilio-simulator';
import type { Locator, Page } from 'playwright-core';
import { accessibilityViolations } from './support/browser';
import { ConsoleBrowser, HOSTILE, PASSWORD } from './support/console-browser';
import { tabTo } from './support/keyboard';

jest.setTimeout(300_000);

/*
 * The console's pages about people in Debian's Chromium, over a real worker and a sandbox of Customer.io: the journey of a support
 * call by keyboard alone, hostile data, 360 px, and without JavaScript.
 */

const DEADLINE_MS = 30_000;
const SENDER = '+15005550006';
const CALLER = InboundEvent.shape.phone.parse('+14155550101');
const SUBJECT: Subject = { workspace: 'default', channel: 'sms', phone: CALLER };

let system: System;
let console_: ConsoleBrowser;
beforeAll(async () => {
  system = await System.start({ env: { DEFAULT_COUNTRY: 'US' } });
  [console_] = await Promise.all([ConsoleBrowser.start(system, { ann: 'operator' }), system.startWorker()]);
  await seed();
});
afterAll(async () => {
  await console_.browser.close();
  await system.stop();
});

/** A caller with a profile, a message to review, somebody who differs, a message after an opt-out, and text that attacks. */
async function seed(): Promise<void> {
  system.sandbox.workspace().addPerson({ attributes: { phone: CALLER } });
  const other = { ...SUBJECT, phone: InboundEvent.shape.phone.parse('+14155550102') };
  const entry = { ...other, sender: HOSTILE, messageSid: messageSid(), phrase: HOSTILE, receivedAt: 1 };
  await system.reviews.add(ReviewEntry.parse(entry));
  const findings = new Findings(system.connection, system.prefix);
  await findings.replace(SUBJECT, { missing: [HOSTILE, 'x'.repeat(300)] });
  const sent = { ...SUBJECT, messageSid: messageSid(), relation: 'same_sender', accountSid: HOSTILE };
  const optOut = { messageSid: messageSid(), sender: HOSTILE, occurredAt: Date.now() - 60_000 };
  const at = { sentAt: Date.now(), foundAt: Date.now() };
  const by = { sender: HOSTILE, from: HOSTILE, status: 'x'.repeat(300) };
  const { connection, prefix } = system;
  const lists = new SentAfterLists(connection, prefix);
  await lists.add(SentAfterEntry.parse({ ...sent, ...at, ...by, optOut }));
  await new MessageLogProgress(connection, prefix).begin(`AC${'1'.repeat(32)}`, Date.now());
}

afterEach(async () => {
  await console_.closePages();
  expect(console_.takeErrors()).toEqual([]);
});

async function logIn(page: Page): Promise<void> {
  await tabTo(page, page.getByLabel('Name'));
  await page.keyboard.type('ann');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

/** The form whose button has this name. */
const formWith = (page: Page, button: string): Locator =>
  page.locator('form', { has: page.getByRole('button', { name: button }) });

async function search(page: Page, text: string): Promise<void> {
  await tabTo(page, page.getByRole('search').getByRole('textbox'));
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

async function openCaller(page: Page): Promise<void> {
  await search(page, '(415) 555-0101');
  await page.getByRole('heading', { name: /^Person/ }).waitFor();
}

test('with the keyboard alone, a support call: find, opt out, see it applied, compare, reveal', async () => {
  const page = await console_.open();
  await logIn(page);
  await openCaller(page);
  expect(page.url()).not.toContain('5550101');
  await tabTo(page, formWith(page, 'Opt out…').getByLabel('Your sender'));
  await page.keyboard.type(SENDER);
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByLabel('Why'));
  await page.keyboard.type('asked on the phone');
  await page.keyboard.press('Enter');
  await page.getByText(/Enqueued OV/).waitFor();
  await system.settled([CALLER], 1);
  await page.reload();
  await page
    .getByRole('region', { name: /^Messages, writes/ })
    .getByText('applied')
    .first()
    .waitFor();
  expect(system.attribute(CALLER)).toEqual([true]);
  await tabTo(page, page.getByRole('button', { name: 'Compare with Customer.io now' }));
  await page.keyboard.press('Enter');
  await page.getByText('Customer.io agrees with the ledger.').waitFor();
  expect(await page.content()).not.toContain(CALLER);
  await tabTo(page, formWith(page, 'Show the whole number').getByLabel('Why'));
  await page.keyboard.type('to call back');
  await page.keyboard.press('Enter');
  await page.getByText(CALLER, { exact: true }).waitFor();
});

test('with the keyboard alone, a message is reviewed', async () => {
  const page = await console_.open();
  await logIn(page);
  await tabTo(page, page.getByRole('link', { name: 'Review' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('link', { name: /^SM/ }));
  await page.keyboard.press('Enter');
  await tabTo(page, formWith(page, 'Dismiss: no opt-out').getByLabel('Why'));
  await page.keyboard.type('asks about an order');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody was opted out.').waitFor();
  expect((await system.reviews.list({ offset: 0, limit: 10 })).total).toBe(0);
});

const PAGES = [
  '/opt-outs',
  '/opt-outs?state=any&source=manual',
  '/sent-after',
  '/review',
  '/drift',
  '/search/people',
];

test.each(['light', 'dark'] as const)('axe finds nothing to object to, %s', async (colorScheme) => {
  const page = await console_.open({ colorScheme });
  await logIn(page);
  for (const path of PAGES) {
    await page.goto(`${console_.url}${path}`);
    expect([path, await accessibilityViolations(page)]).toEqual([path, []]);
  }
  await openCaller(page);
  expect(await accessibilityViolations(page)).toEqual([]);
  await formWith(page, 'Opt out…').getByLabel('Your sender').fill(SENDER);
  await page.getByRole('button', { name: 'Opt out…' }).click();
  await page.getByRole('heading', { name: 'Opt a person out' }).waitFor();
  expect(await accessibilityViolations(page)).toEqual([]);
});

test('hostile text is text, and no page is wider than a phone', async () => {
  const page = await console_.open({ viewport: { width: 360, height: 640 } });
  await logIn(page);
  for (const path of PAGES) {
    await page.goto(`${console_.url}${path}`);
    expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 360]);
    expect(await page.evaluate('window.attacked')).toBeUndefined();
  }
  await openCaller(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
});

test('without JavaScript it can be read, searched and acted on', async () => {
  const page = await console_.openAs('ann', { javaScriptEnabled: false });
  await page.getByRole('search').getByRole('textbox').fill('+1 415 555 0101');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('heading', { name: /^Person/ }).waitFor();
  await page.getByRole('button', { name: 'Compare with Customer.io now' }).click();
  await page.getByRole('heading', { name: 'Compared with Customer.io just now' }).waitFor();
});

test('a search that finds nothing says what it takes', async () => {
  const page = await console_.open();
  await logIn(page);
  await search(page, 'somebody else');
  await page.getByText('Nothing was found.').waitFor();
  // The browser reports the status 404.
  const errors: string[] = [];
  await waitFor(() => errors.push(...console_.takeErrors()) > 0, {
    what: 'the browser to report 404',
    timeoutMs: DEADLINE_MS,
  });
  expect(errors).toEqual([expect.stringContaining('404')]);
});
