import { join } from 'node:path';
import type { Finding } from '@optout-sync/operations';
import { System, AUTH_TOKEN } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID as SID,
  addNumber,
  addService,
  startTwilioApi,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { startFront, stopFront, type Front } from './support/https-front';

interface Report {
  readonly code: number;
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

let system: System;
let api: TwilioApi;
let front: Front;
let publicUrl: string;
let adminPort: string;

async function doctor(changes: Record<string, string> = {}, ...args: string[]): Promise<Report> {
  const env = {
    TWILIO_API_URL: api.url,
    PUBLIC_URL: publicUrl,
    INGEST_ADMIN_PORT: adminPort,
    NODE_EXTRA_CA_CERTS: front.caFile,
    ...changes,
  };
  const { code, out } = await system.cli(['doctor', '--json', ...args], env);
  return { code, ...(JSON.parse(out) as Pick<Report, 'ok' | 'findings'>) };
}
const codesOf = ({ findings }: Report) => findings.flatMap(({ code }) => code ?? []);
const publicUrlOnly = (changes?: Record<string, string>) => doctor(changes, '--only', 'public_url');

beforeAll(async () => {
  system = await System.start();
  front = await startFront(await system.newFolder());
  publicUrl = front.url;
  api = await startTwilioApi({ [SID]: AUTH_TOKEN });
  const ingest = await system.startIngest({ PUBLIC_URL: publicUrl });
  front.target = ingest.port;
  adminPort = String(ingest.adminPort);
  await system.startWorker();
  system.sandbox.workspace().addPerson({ attributes: { phone: '+14155550101' } });
});
afterAll(async () => {
  await stopFront(front);
  await Promise.all([system.stop(), api.stop()]);
});

it('goes from a fresh account to one that is set up', async () => {
  const numbers = [addNumber(api.account(SID), '+15005550006')];
  addService(api.account(SID), 'Offers', { numbers });
  const before = await doctor();
  expect(codesOf(before)).toEqual(['webhook_dropped', 'blocked_sends_unreported']);
  expect(before.code).toBe(1);

  const undo = join(await system.newFolder(), 'undo.json');
  const setup = [
    'setup',
    'twilio',
    '--undo-file',
    undo,
    '--fallback-url',
    `${publicUrl}/webhooks/twilio/messages`,
  ];
  const done = await system.cli([...setup, '--yes', '--by', 'Ann', '--why', 'going live'], {
    TWILIO_API_URL: api.url,
    PUBLIC_URL: publicUrl,
  });
  expect(done).toMatchObject({ code: 0 });

  const after = await doctor();
  expect(codesOf(after)).toEqual([]);
  expect(after).toMatchObject({ code: 0, ok: true });
  const areas = new Set(after.findings.filter(({ level }) => level === 'ok').map(({ area }) => area));
  expect(areas.size).toBe(7);
});

describe('the probe', () => {
  it('passes the proxy and is answered by this ingest, uncounted', async () => {
    const before = await system.metric('optout_webhooks_total', 'route="messages"');
    const { code, findings } = await publicUrlOnly();
    expect(code).toBe(0);
    const said = findings.map(({ what }) => what).join('\n');
    expect(said).toContain('is answered by this ingest');
    expect(said).toContain('the certificate of localhost');
    expect(said).toContain('the clock here agrees with that of PUBLIC_URL');
    expect(await system.metric('optout_webhooks_total', 'route="messages"')).toBe(before);
  });

  it('is refused where ingest has another token, or is known by another URL', async () => {
    const other = { TWILIO_AUTH_TOKEN: 'f'.repeat(32) };
    expect(codesOf(await publicUrlOnly(other))).toEqual(['probe_refused']);
    const path = await publicUrlOnly({ PUBLIC_URL: `${publicUrl}/prefix` });
    expect(codesOf(path)).toEqual(['probe_not_ours']);
  });

  it('is not answered by another server, or by none', async () => {
    const ingest = front.target;
    front.target = Number(new URL(system.sandbox.url).port);
    expect(codesOf(await publicUrlOnly())).toEqual(['probe_not_ours']);
    front.target = ingest;
    expect(codesOf(await publicUrlOnly({ PUBLIC_URL: 'http://127.0.0.1:1' }))).toEqual(['probe_unanswered']);
  });
});

describe('the certificate', () => {
  it('has to be one that is trusted', async () => {
    const report = await publicUrlOnly({ NODE_EXTRA_CA_CERTS: '' });
    expect(codesOf(report)).toEqual(['tls_invalid']);
  });

  it.each([
    [5, 'tls_expires_soon'],
    [-0.5, 'tls_invalid'],
  ])('that ends in %p days is reported as %s', async (days, code) => {
    const other = await startFront(await system.newFolder(), { daysLeft: days });
    other.target = front.target;
    const report = await publicUrlOnly({ PUBLIC_URL: other.url, NODE_EXTRA_CA_CERTS: other.caFile });
    expect(codesOf(report)).toContain(code);
    await stopFront(other);
  });
});
