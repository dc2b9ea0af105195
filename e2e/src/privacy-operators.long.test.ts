import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { consoleUserEntry } from '@optout-sync/operations';
import { LINK_PATH, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { startOtlpReceiver, type OtlpReceiver } from '@optout-sync/testkit/otlp';
import { PUBLIC_URL, System, type Running } from '@optout-sync/testkit/system';
import { TWILIO_MESSAGING_SERVICE_SID } from '@optout-sync/twilio-simulator';

jest.setTimeout(180_000);

/*
 * The ways in that are no text: another system, the page of a link, the pages and the API of the console, and the command. Each is used
 * rightly and wrongly, at the level `debug`, with traces.
 */

const PHONE = '+14155557501';
const INTAKE_TOKEN = 'a-token-of-the-help-desk';
const PASSWORD = 'correct horse battery staple';
const WRONG = 'a wrong password of somebody';
const NOTE = 'she wrote us a long letter';
const EMAIL = 'jo.private@customer.example';
const WHO = ['--yes', '--by', 'Ann', '--why', 'a call'];

let system: System;
let receiver: OtlpReceiver;
let ingest: Running;
let console_: Running;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  system = await System.start({
    env: {
      LOG_LEVEL: 'debug',
      LINK_KEY: 'ab'.repeat(32),
      PROOF_KEY: 'cd'.repeat(32),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  const folder = await system.newFolder();
  const OPTOUT_CONFIG = join(folder, 'optout.yaml');
  const senders = `[${TWILIO_MESSAGING_SERVICE_SID}]`;
  writeFileSync(OPTOUT_CONFIG, `intake: [{ name: helpdesk, token: ${INTAKE_TOKEN}, senders: ${senders} }]\n`);
  const CONSOLE_USERS = await consoleUserEntry({ name: 'ann', role: 'operator', password: PASSWORD });
  [ingest, console_] = await Promise.all([
    system.startIngest({ OPTOUT_CONFIG }),
    system.startConsole({ CONSOLE_AUTH: 'password', CONSOLE_USERS }),
    system.startWorker({ OPTOUT_CONFIG }),
  ]);
  system.sandbox.workspace().addPerson({ attributes: { phone: PHONE, email: EMAIL } });
  system.hides(PASSWORD, WRONG, NOTE, EMAIL, INTAKE_TOKEN);
});
afterAll(async () => {
  // The search of the logs may fail.
  await system.stop().finally(() => receiver.stop());
});

const urlOf = ({ port }: Running, path: string): string => `http://127.0.0.1:${String(port)}${path}`;

async function report(token: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const url = urlOf(ingest, WEBHOOK_PATHS.optouts);
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.status;
}

/** A form of a browser. */
async function send(path: string, fields: Record<string, string>, cookie = ''): Promise<Response> {
  const headers = { origin: urlOf(console_, ''), cookie };
  const body = new URLSearchParams(fields);
  return fetch(urlOf(console_, path), { method: 'POST', headers, body, redirect: 'manual' });
}

it('what other systems and operators give us is in no log line, metric, trace or error', async () => {
  const optOut = { id: `mail of ${EMAIL}`, phone: PHONE, kind: 'stop', note: NOTE, reference: EMAIL };
  expect(await report(INTAKE_TOKEN, optOut)).toBe(202);
  expect(await report(`${INTAKE_TOKEN}-forged`, optOut)).toBe(401);
  expect(await report(INTAKE_TOKEN, { ...optOut, phone: `${PHONE} ${EMAIL}` })).toBe(400);
  await system.settled([PHONE]);

  const { out } = await system.cli(['link', PHONE, '--sender', TWILIO_MESSAGING_SERVICE_SID]);
  const link = out.trim().slice(PUBLIC_URL.length);
  system.hides(link.slice(LINK_PATH.length));
  expect((await fetch(urlOf(ingest, link))).status).toBe(200);
  expect((await fetch(urlOf(ingest, link), { method: 'POST', body: NOTE })).status).toBe(200);
  expect((await fetch(urlOf(ingest, `${link}x`), { method: 'POST' })).status).toBe(404);
  expect((await fetch(urlOf(ingest, `/v1${link}`), { headers: { 'x-twilio-signature': 'x' } })).status).toBe(
    404,
  );

  expect((await send('/login', { name: 'ann', password: WRONG })).status).toBe(401);
  const loggedIn = await send('/login', { name: 'ann', password: PASSWORD });
  const [cookie = ''] = (loggedIn.headers.get('set-cookie') ?? '').split(';');
  const session = cookie.slice(cookie.indexOf('=') + 1);
  expect(session.length).toBeGreaterThan(20);
  system.hides(session);
  const page = await (await fetch(urlOf(console_, '/'), { headers: { cookie } })).text();
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  expect((await send('/search', { csrf, q: PHONE }, cookie)).status).toBe(303);
  expect((await send('/search', { csrf: 'x', q: PHONE }, cookie)).status).toBe(403);
  expect((await fetch(urlOf(console_, `/people/${PHONE}?q=${PHONE}`), { headers: { cookie } })).status).toBe(
    404,
  );

  const scopes = 'optouts:read,optouts:write';
  const made = await system.cli(['token', 'add', '--name', 'crm', '--scopes', scopes, ...WHO]);
  const token = /oss_crm_[\w-]+/.exec(made.out)?.[0] ?? '';
  system.hides(token);
  const api = (path: string, given: string, body?: unknown) =>
    fetch(urlOf(console_, `/api/v1${path}`), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${given}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  expect((await api(`/optouts/${PHONE}`, token)).status).toBe(200);
  expect((await api(`/optouts/${PHONE}`, `${token}x`)).status).toBe(401);
  expect((await api(`/optouts/${PHONE}0000000`, token)).status).toBe(400);
  await api('/optouts', token, { phone: PHONE, reason: NOTE, by: EMAIL });

  // What an operator typed wrong.
  for (const args of [
    ['optouts', 'show', `${PHONE}99999`],
    ['optouts', 'add', PHONE, '--sender', `nobody ${PHONE}`, ...WHO],
    ['link', PHONE, '--sender', 'nobody'],
    ['link', PHONE, PHONE],
    ['dlq', 'resolve', 'dl-none', '--phone', PHONE, ...WHO],
  ]) {
    await system.cli(args);
  }
  const gone = new URL(system.env.REDIS_URL ?? '');
  gone.password = 'a-password-of-redis';
  gone.port = '1';
  expect((await system.cli(['status'], { REDIS_URL: gone.href })).error).not.toBe('');

  for (const body of receiver.bodies) system.mustBePrivate(body);
  expect(receiver.bodies.length).toBeGreaterThan(0);
  expect(system.logLines.filter((line) => line.includes('request answered')).length).toBeGreaterThan(5);
  expect(system.leaks()).toEqual([]);
});
