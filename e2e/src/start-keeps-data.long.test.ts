import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DEMO_PHONES,
  seedDemoPeople,
  startCustomerIoSandbox,
  type CustomerIoSandbox,
} from '@optout-sync/customerio-sandbox';
import { OwnedProcess, inheritedEnv, waitFor } from '@optout-sync/local-runtime/process';
import { messageSid, sendTwilioWebhook, twilioMessage } from '@optout-sync/twilio-simulator';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { newCheckout, type Checkout } from './support/checkout';
import { startLauncher, type Launcher } from './support/launcher';

jest.setTimeout(300_000);

const ACCOUNT = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: '2'.repeat(32) };
const PUBLIC_URL = 'https://optout.example.com';
const PERSON = DEMO_PHONES.single;

let checkout: Checkout;
let sandbox: CustomerIoSandbox;
let launcher: Launcher | undefined;
beforeEach(async () => {
  checkout = await newCheckout();
  sandbox = await startCustomerIoSandbox();
  seedDemoPeople(sandbox.workspace());
});
afterEach(async () => {
  await launcher?.stop();
  await sandbox.stop();
  await checkout.remove();
});

/** Starts the system on accounts, those of the sandbox, without a Redis; as `npm start` does where .env names them. */
async function start(): Promise<Launcher> {
  const { siteId, trackApiKey, appApiKey } = sandbox.workspace();
  launcher = await startLauncher(
    {
      ...ACCOUNT,
      PUBLIC_URL,
      CUSTOMERIO_SITE_ID: siteId,
      CUSTOMERIO_TRACK_API_KEY: trackApiKey,
      CUSTOMERIO_APP_API_KEY: appApiKey,
      CUSTOMERIO_APP_URL: sandbox.appUrl,
      CUSTOMERIO_TRACK_URL: sandbox.trackUrl,
    },
    [],
    { root: checkout.root },
  );
  await launcher.says(/Ctrl-C stops everything/);
  return launcher;
}

async function sendStop(running: Launcher, MessageSid: string): Promise<number> {
  const [connectUrl = ''] = await running.says(/^ {2}webhook +(\S+)$/m);
  const params = twilioMessage({
    MessageSid,
    AccountSid: ACCOUNT.TWILIO_ACCOUNT_SID,
    From: PERSON,
    Body: 'STOP',
  });
  const url = `${PUBLIC_URL}${WEBHOOK_PATHS.messages}`;
  return (await sendTwilioWebhook({ url, connectUrl, params, authToken: ACCOUNT.TWILIO_AUTH_TOKEN })).status;
}

/** Runs a command on the system that runs in the checkout. */
async function cli(...args: string[]): Promise<string> {
  const command = await OwnedProcess.start({
    command: process.execPath,
    args: [join(checkout.root, 'packages/local-runtime/dist/bin/cli.js'), ...args],
    env: inheritedEnv(),
  });
  await command.exited;
  return command.logs().join('\n');
}

const history = async (): Promise<string> => cli('optouts', 'show', PERSON, '--json');

/** A sweep may compare the person at any time: when it did is left out. */
const stored = (json: string): unknown =>
  JSON.parse(json, (key, value: unknown) => (key === 'readAt' ? undefined : value));

test('on real accounts, the ledger in data/redis is kept over a restart', async () => {
  const sid = messageSid();
  expect(await sendStop(await start(), sid)).toBe(200);
  await waitFor(async () => (await history()).includes('"applied"'), { what: 'the STOP to be applied' });
  const before = stored(await history());
  const password = join(checkout.root, 'data/redis/password.conf');
  const text = await readFile(password, 'utf8');
  expect((await launcher?.stop())?.code).toBe(0);

  const again = await start();
  expect(stored(await history())).toEqual(before);
  expect(await readFile(password, 'utf8')).toBe(text);
  expect((await stat(password)).mode & 0o777).toBe(0o600);

  // Delivered once more, the message is known.
  expect(await sendStop(again, sid)).toBe(200);
  const [metrics = ''] = await again.says(/^ {2}worker +(\S+\/metrics)/m);
  const duplicate = /^optout_events_total\{.*outcome="duplicate".*\} 1$/m;
  await waitFor(async () => duplicate.test(await (await fetch(metrics)).text()), { what: 'the duplicate' });
  expect(stored(await history())).toEqual(before);
});
