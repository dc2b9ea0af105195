import { waitFor } from '@optout-sync/local-runtime/process';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { enqueueInbound } from '@optout-sync/shared/queues';
import { System } from '@optout-sync/testkit/system';
import { accessibilityViolations } from './support/browser';
import { ConsoleBrowser, HOSTILE } from './support/console-browser';
import { inboundEvent } from './support/inbound-event';
import { press, tabTo } from './support/keyboard';

jest.setTimeout(300_000);

/*
 * "At 3 a.m." of docs/dead-letters.md in Debian's Chromium alone, over a real worker and a sandbox of Customer.io that refuses
 * some people: by keyboard, with hostile data, at 360 px, and without JavaScript.
 */

const DEADLINE_MS = 60_000;

let system: System;
let console_: ConsoleBrowser;
beforeAll(async () => {
  system = await System.start();
  [console_] = await Promise.all([ConsoleBrowser.start(system, { ann: 'operator' }), system.startWorker()]);
});
afterAll(async () => {
  await console_.browser.close();
  await system.stop();
});

afterEach(async () => {
  await console_.closePages();
  await system.queues.deadLetters.discard({});
  expect(console_.takeErrors()).toEqual([]);
});

const count = async (): Promise<number> => (await system.queues.deadLetters.count()).count;

/** Sends STOPs of people whom Customer.io refuses, until they are dead letters. Returns what ends the refusal. */
async function refuse(phones: readonly string[]): Promise<() => void> {
  const faults = phones.map((phone) => {
    system.sandbox.workspace().addPerson({ attributes: { phone } });
    return system.sandbox.fault({
      match: { operation: 'search', bodyIncludes: phone },
      effect: { kind: 'status', status: 400, body: { meta: { error: HOSTILE } } },
      times: Infinity,
    });
  });
  await Promise.all(phones.map((phone) => enqueueInbound(system.queues, inboundEvent(phone))));
  await waitFor(async () => (await count()) === phones.length, {
    what: 'the dead letters',
    timeoutMs: DEADLINE_MS,
  });
  return () => {
    for (const fault of faults) fault.remove();
  };
}

/** Stores dead letters as if their jobs had failed. */
async function put(phones: readonly string[], more: Partial<DeadLetter> = {}): Promise<string[]> {
  const at = Date.now();
  const failed = { code: 'internal_error', message: HOSTILE, attempts: [{ at, code: 'internal_error' }] };
  return Promise.all(
    phones.map((phone) => {
      const undone = { type: 'event', event: inboundEvent(phone) } as const;
      const times = { firstFailedAt: at, lastFailedAt: at };
      return system.queues.deadLetters.put({
        version: 1,
        stage: 'record',
        undone,
        ...failed,
        ...times,
        ...more,
      });
    }),
  );
}

const phonesFrom = (first: number, n: number): string[] =>
  Array.from({ length: n }, (_, i) => `+1415${String(first + i)}`);

test('with the keyboard alone, at 3 a.m.: look, fix, preview, replay, and see that nothing is left', async () => {
  const phones = phonesFrom(5_581_000, 3);
  const fix = await refuse(phones);
  const page = await console_.openAs('ann');
  await press(page, page.getByRole('link', { name: 'Dead letters' }));
  await page.getByText('3 in all').waitFor();
  await press(page, page.getByRole('link', { name: /^dl-/ }));
  await page.getByRole('heading', { name: 'What to do' }).waitFor();
  await page.getByText('Customer.io rejected the request.').waitFor();
  expect(
    await page
      .getByRole('region', { name: /^Failed attempts/ })
      .getByText('400')
      .count(),
  ).toBeGreaterThan(0);
  fix();
  await press(page, page.getByRole('link', { name: 'Dead letters' }));
  await tabTo(page, page.getByLabel('Code'));
  await page.keyboard.type('customerio_refused');
  await page.keyboard.press('Enter');
  await page.getByText('3 meet this filter').waitFor();
  await press(page, page.getByRole('link', { name: 'Preview a replay of 3' }));
  await page.getByText('Nothing is done yet').waitFor();
  expect(await count()).toBe(3);
  await tabTo(page, page.getByLabel('Why'));
  await page.keyboard.type('the person is mended');
  await press(page, page.getByRole('button', { name: 'Replay 3 dead letters' }));
  // Live: the page is not loaded again.
  await page.getByRole('heading', { name: /^Run run-/ }).waitFor();
  await page.getByText('finished', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Cancel this replay' }).waitFor({ state: 'detached' });
  await waitFor(() => Promise.resolve(phones.every((phone) => system.attribute(phone)[0] === true)), {
    what: 'the attributes',
    timeoutMs: DEADLINE_MS,
  });
  await press(page, page.getByRole('link', { name: 'Dead letters' }));
  await page.getByText('0 in all').waitFor();
  const content = await page.content();
  for (const phone of phones) expect(content).not.toContain(phone);
});

test('a run is cancelled while its progress is live, and the rest stays', async () => {
  await put(phonesFrom(5_582_000, 40));
  const page = await console_.openAs('ann');
  await page.goto(`${console_.url}/dead-letters/replay?all=1`);
  await page.getByLabel('At most per second').fill('1');
  await page.getByLabel('Why').fill('slowly');
  await press(page, page.getByRole('button', { name: 'Replay 40 dead letters' }));
  await page.getByText('running', { exact: true }).waitFor();
  await page.getByText(/\b[1-9]\d* of 40 dead letters/).waitFor();
  await page.getByLabel('Why').fill('enough');
  await press(page, page.getByRole('button', { name: 'Cancel this replay' }));
  await page.getByText('cancelled', { exact: true }).waitFor();
  expect(await count()).toBeGreaterThan(0);
});

test('a discard holds its number, and is refused once the set has changed', async () => {
  const [first = ''] = await put(phonesFrom(5_583_000, 3));
  const page = await console_.openAs('ann');
  await page.goto(`${console_.url}/dead-letters/discard?code=internal_error`);
  await page.getByLabel('Why').fill('a test of ours');
  await system.queues.deadLetters.discard({ ids: [first] });
  await press(page, page.getByRole('button', { name: 'Discard 3 dead letters for good' }));
  await page.getByText('selection_changed').waitFor();
  expect(await count()).toBe(2);
  expect(console_.takeErrors()).toEqual([expect.stringContaining('409')]);
  await page.goto(`${console_.url}/dead-letters/discard?code=internal_error`);
  await page.getByLabel('Why').fill('a test of ours');
  await press(page, page.getByRole('button', { name: 'Discard 2 dead letters for good' }));
  await page.getByText('2 discarded.').waitFor();
  expect(await count()).toBe(0);
});

/** Dead letters of every kind, hostile ones included, and the pages that show them. */
async function seededPages(): Promise<string[]> {
  const [id = ''] = await put(phonesFrom(5_584_000, 1));
  const [large = ''] = await put(phonesFrom(5_584_001, 1), {
    stage: 'ingest',
    code: HOSTILE,
    undone: { type: 'raw', data: { Body: HOSTILE + 'x'.repeat(1_000_000) } },
  });
  const [broken = ''] = await put(phonesFrom(5_584_002, 1), { stage: 'sync' });
  await system.connection.hset(`${system.prefix}:{dlq}:letters`, broken, '{"version":1,');
  const run = await system.queues.runs.create({ filter: { ids: ['dl-none'] }, by: HOSTILE, why: HOSTILE });
  await system.queues.runs.cancel(run.id);
  return [
    ...[
      '/',
      '/dead-letters',
      '/dead-letters?stage=sync',
      '/dead-letters/waiting',
      '/runs',
      `/runs/${run.id}`,
    ],
    ...[id, large, broken].map((one) => `/dead-letters/${one}`),
    ...['/dead-letters/replay?all=1', '/dead-letters/discard?all=1'],
  ];
}

test.each(['light', 'dark'] as const)('axe finds nothing to object to, %s', async (colorScheme) => {
  const paths = await seededPages();
  const page = await console_.openAs('ann', { colorScheme });
  for (const path of paths) {
    await page.goto(`${console_.url}${path}`);
    expect([path, await accessibilityViolations(page)]).toEqual([path, []]);
  }
});

test('hostile text is text, and no page is wider than a phone', async () => {
  const paths = await seededPages();
  const page = await console_.openAs('ann', { viewport: { width: 360, height: 640 } });
  for (const path of paths) {
    await page.goto(`${console_.url}${path}`);
    expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 360]);
    expect(await page.evaluate('window.attacked')).toBeUndefined();
  }
});

test('without JavaScript dead letters are read and replayed', async () => {
  const phones = phonesFrom(5_585_000, 2);
  for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
  await put(phones);
  const page = await console_.openAs('ann', { javaScriptEnabled: false });
  await page.goto(`${console_.url}/dead-letters`);
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Preview a replay of the marked' }).click();
  await page.getByLabel('Why').fill('mended');
  await page.getByRole('button', { name: 'Replay 2 dead letters' }).click();
  await page.getByRole('heading', { name: /^Run run-/ }).waitFor();
  await system.settled(phones, 1, DEADLINE_MS);
  await page.reload();
  await page.getByText('finished', { exact: true }).waitFor();
});
