import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import type { Env } from '@optout-sync/shared/config';
import {
  TWILIO_ACCOUNT_SID as SID,
  addNumber,
  addService,
  addShortCode,
  startTwilioApi,
  type AccountState,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { AUTH_TOKEN, PUBLIC_URL, accountsEnv } from '../test-support/accounts';
import { openStores, runWith } from '../test-support/cli';

const OLD = 'https://track.customer.io/inbound/sms';
const INBOUND = `${PUBLIC_URL}/webhooks/twilio/messages#rc=3&rp=all`;
const STATUS = `${PUBLIC_URL}/webhooks/twilio/status`;
const EVENTS = `${PUBLIC_URL}/webhooks/twilio/events`;
const DO_IT = ['--yes', '--by', 'Ann', '--why', 'going live'];

const { env: redisEnv, audit, close } = openStores();
let sandbox: CustomerIoSandbox;
let api: TwilioApi;
let account: AccountState;
let folder: string;
let undoFile: string;
beforeEach(async () => {
  sandbox = await startCustomerIoSandbox({ appRps: 0 });
  api = await startTwilioApi({ [SID]: AUTH_TOKEN });
  account = api.account(SID);
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-setup-'));
  undoFile = join(folder, 'undo.json');
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([sandbox.stop(), api.stop()]);
});
afterAll(() => close());

const run = (args: readonly string[], changes: Env = {}) =>
  runWith({ ...redisEnv, ...accountsEnv(sandbox, api), ...changes }, 'setup', ...args);
const twilio = (...args: string[]) => run(['twilio', ...args]);

/** A service that leads elsewhere, with one number, and a number that a TwiML application answers. */
function addSenders() {
  const inService = addNumber(account, '+15005550006');
  const alone = addNumber(account, '+15005550007', {
    sms_url: OLD,
    sms_application_sid: `AP${'1'.repeat(32)}`,
  });
  const service = addService(account, 'Offers', { inbound_request_url: OLD, numbers: [inService] });
  return {
    service: () => account.services.get(service.sid)!,
    alone: () => account.numbers.get(alone.sid)!,
    inService: () => account.numbers.get(inService.sid)!,
  };
}

describe('setup twilio', () => {
  it('shows the senders and the changes, and makes none without --yes', async () => {
    addSenders();
    const { code, out } = await twilio('--event-streams');
    expect(code).toBe(0);
    expect(out).toMatch(
      /Messaging Service Offers \(MG\w+\)\n {2}inbound: +https:\/\/track\.customer\.io\/inbound\/sms/,
    );
    expect(out).toContain(`Offers, inbound: ${OLD} -> ${INBOUND}`);
    expect(out).toContain(`Offers, status callback: (none) -> ${STATUS}`);
    expect(out).toContain(`+15005550007, inbound: ${OLD} -> ${INBOUND}`);
    expect(out).toContain(`Event Streams: create a sink to ${EVENTS}`);
    expect(out).toContain('Nothing was done.');
    expect(api.writes).toEqual([]);
  });

  it('sets inbound URLs and status callbacks, creates sink and subscription, and finds nothing to do then', async () => {
    const { service, alone, inService } = addSenders();
    const { code, out } = await twilio('--event-streams', '--undo-file', undoFile, ...DO_IT);
    expect(code).toBe(0);
    expect(service()).toMatchObject({
      inbound_request_url: INBOUND,
      status_callback: STATUS,
      fallback_url: null,
    });
    expect(alone()).toMatchObject({ sms_url: INBOUND, sms_application_sid: '' });
    expect(inService().sms_url).toBe('');
    expect([...account.sinks.values()]).toMatchObject([
      {
        sink_type: 'webhook',
        sink_configuration: { destination: EVENTS, method: 'POST', batch_events: true },
      },
    ]);
    const [subscription] = [...account.subscriptions.values()];
    expect(Object.fromEntries(subscription!.types)).toEqual({
      'com.twilio.messaging.inbound-message.received': 6,
      'com.twilio.messaging.message.failed': 8,
      'com.twilio.messaging.message.undelivered': 8,
      'com.twilio.messaging.reassigned-number.detected': 1,
    });
    expect(out).toContain(`--undo ${undoFile}`);
    expect(statSync(undoFile).mode & 0o777).toBe(0o600);
    expect((await twilio('--event-streams')).out).toContain('Nothing has to be changed.');
    const { entries } = await audit.list({ limit: 1 });
    expect(entries[0]).toMatchObject({ action: 'setup', by: 'Ann', why: 'going live' });
  });

  it('updates the schema version of a subscription that is there', async () => {
    await twilio('--event-streams', '--undo-file', undoFile, ...DO_IT);
    const [subscription] = [...account.subscriptions.values()];
    subscription!.types.set('com.twilio.messaging.inbound-message.received', 4);
    subscription!.types.delete('com.twilio.messaging.message.failed');
    const second = join(folder, 'second.json');
    const { out } = await twilio('--event-streams', '--undo-file', second, ...DO_IT);
    expect(out).toContain('com.twilio.messaging.inbound-message.received: v4 -> v6');
    expect(subscription!.types.get('com.twilio.messaging.inbound-message.received')).toBe(6);
    expect(subscription!.types.get('com.twilio.messaging.message.failed')).toBe(8);
    await twilio('--undo', second, ...DO_IT);
    expect(Object.fromEntries(subscription!.types)).toEqual({
      'com.twilio.messaging.inbound-message.received': 4,
      'com.twilio.messaging.message.undelivered': 8,
      'com.twilio.messaging.reassigned-number.detected': 1,
    });
  });

  it('undoes all of it, and shows first what that does', async () => {
    const { service, alone } = addSenders();
    const before = [service(), alone()] as const;
    await twilio('--event-streams', '--undo-file', undoFile, ...DO_IT);
    const written = api.writes.length;
    const preview = await twilio('--undo', undoFile);
    expect(preview.out).toContain('would be undone');
    expect(api.writes).toHaveLength(written);
    expect((await twilio('--undo', undoFile, ...DO_IT)).code).toBe(0);
    expect({ ...service(), date_updated: before[0].date_updated }).toEqual(before[0]);
    expect(alone()).toEqual(before[1]);
    expect(account.sinks.size + account.subscriptions.size).toBe(0);
    expect((await twilio('--undo', undoFile)).out).toContain('is undone already');
  });

  it('sets short codes as numbers, but for those of services, and undoes it', async () => {
    const alone = addShortCode(account, '10001', { sms_url: OLD });
    const without = addShortCode(account, '10002');
    const inService = addShortCode(account, '10003');
    addService(account, 'Offers', { inbound_request_url: INBOUND, numbers: [inService] });
    const present = () => [alone, without, inService].map(({ sid }) => account.shortCodes.get(sid)!.sms_url);
    const { out } = await twilio('--no-status-callback');
    expect(out).toMatch(/Short code 10001 \(SC\w+\)\n {2}inbound: +https:\/\/track\.customer\.io/);
    expect(out).toContain(`10001, inbound: ${OLD} -> ${INBOUND}\n  10002, inbound: (none) -> ${INBOUND}`);
    expect(out).not.toMatch(/Short code 10003|10003, inbound/);
    expect(api.writes).toEqual([]);
    const options = ['--no-status-callback', '--undo-file', undoFile];
    await twilio('--only', '10001', ...options, ...DO_IT);
    expect(present()).toEqual([INBOUND, null, null]);
    expect((await twilio('--undo', undoFile, ...DO_IT)).out).toContain('undone');
    expect(present()).toEqual([OLD, null, null]);
    rmSync(undoFile);
    await twilio(...options, ...DO_IT);
    expect(present()).toEqual([INBOUND, INBOUND, null]);
    await twilio('--undo', undoFile, ...DO_IT);
    expect(present()).toEqual([OLD, null, null]);
  });

  it('sets the rest where the key may not read short codes, and says so', async () => {
    const { alone } = addSenders();
    const code = addShortCode(account, '10001');
    const key = { sid: `SK${'1'.repeat(32)}`, secret: 'a-secret', accountSid: SID };
    api.addKey({ ...key, allowed: /^(?!.*ShortCodes)/ });
    const ran = await run(['twilio', '--undo-file', undoFile, ...DO_IT], {
      TWILIO_AUTH_TOKEN: 'f'.repeat(32),
      TWILIO_API_KEY: key.sid,
      TWILIO_API_SECRET: key.secret,
    });
    expect(ran).toMatchObject({
      code: 0,
      out: expect.stringContaining('Short codes could not be read: Twilio responds with 40') as string,
    });
    expect(alone().sms_url).toBe(INBOUND);
    expect(account.shortCodes.get(code.sid)!.sms_url).toBeNull();
  });

  it('leaves alone what somebody changed since', async () => {
    const { service } = addSenders();
    await twilio('--undo-file', undoFile, ...DO_IT);
    const changed = { ...service(), inbound_request_url: 'https://newer.example.com' };
    account.services.set(changed.sid, changed);
    expect((await twilio('--undo', undoFile, ...DO_IT)).out).toContain('was changed since: left as it is');
    expect(service().inbound_request_url).toBe('https://newer.example.com');
  });

  it('can undo what it did before Twilio failed', async () => {
    const { service, alone } = addSenders();
    const before = [service().inbound_request_url, alone()];
    // The lists, the numbers of the service, then the first change.
    api.failNext('none', 'none', 'none', 'none', 'none', { status: 400, body: '{"code":20001}' });
    const failed = await twilio('--undo-file', undoFile, ...DO_IT);
    expect(failed).toMatchObject({ code: 1, error: expect.stringContaining('twilio_refused') as string });
    expect(service().inbound_request_url).toBe(INBOUND);
    await twilio('--undo', undoFile, ...DO_IT);
    expect([service().inbound_request_url, alone()]).toEqual(before);
  });

  it('changes only the senders that are named, with these overrides and this fallback', async () => {
    const { service, alone } = addSenders();
    const fallback = 'https://backup.example.com/webhooks/twilio/messages';
    const options = ['--only', '+15005550007', '--overrides', 'rc=5&rp=all', '--fallback-url', fallback];
    await twilio(...options, '--undo-file', undoFile, ...DO_IT);
    expect(service().inbound_request_url).toBe(OLD);
    expect(alone()).toMatchObject({
      sms_url: `${PUBLIC_URL}/webhooks/twilio/messages#rc=5&rp=all`,
      sms_fallback_url: fallback,
    });
    // Retries of one's own choice stay.
    expect((await twilio('--only', 'Offers', '+15005550007')).out).not.toContain('+15005550007, inbound');
  });

  it('prints JSON', async () => {
    addSenders();
    const { out } = await twilio('--json');
    expect(JSON.parse(out)).toMatchObject({
      accountSid: SID,
      done: false,
      numbers: [{ phone: '+15005550006' }, { phone: '+15005550007' }],
      changes: [{ kind: 'service', after: { InboundRequestUrl: INBOUND } }, { kind: 'number' }],
    });
  });

  it.each<[string, string[], Env, number, string]>([
    ['without a public URL', [], { PUBLIC_URL: '' }, 2, 'public_url_missing'],
    ['for a sender that is not there', ['--only', '+19995550000'], {}, 2, 'sender_unknown'],
    ['for an account that is not configured', ['--account', `AC${'f'.repeat(32)}`], {}, 2, 'account_unknown'],
    ['with --yes and nobody who does it', ['--yes'], {}, 2, 'who_missing'],
    ['with a URL that is none', ['--public-url', 'nonsense'], {}, 2, 'must be a URL'],
    ['with overrides that are none', ['--overrides', 'often'], {}, 2, 'rc=3&rp=all'],
    ['with credentials that are wrong', [], { TWILIO_AUTH_TOKEN: 'f'.repeat(32) }, 1, 'twilio_unauthorized'],
    ['with an undo file that is not there', ['--undo', '/nowhere/undo.json'], {}, 2, 'undo_file_invalid'],
    [
      'where the undo file cannot be written',
      ['--undo-file', '/dev/null/undo.json', ...DO_IT],
      {},
      2,
      'undo_file_not_written',
    ],
  ])('fails %s and changes nothing', async (_, args, changes, code, message) => {
    addSenders();
    const ran = await run(['twilio', ...args], changes);
    expect(ran).toMatchObject({ code, error: expect.stringContaining(message) as string });
    expect(api.writes).toEqual([]);
  });

  it('rejects a file that is no undo file, and overwrites none', async () => {
    addSenders();
    writeFileSync(undoFile, '{"version":2}');
    expect((await twilio('--undo', undoFile)).error).toContain('undo_file_invalid');
    expect((await twilio('--undo-file', undoFile, ...DO_IT)).error).toContain('the file exists');
    expect(readFileSync(undoFile, 'utf8')).toBe('{"version":2}');
  });
});

describe('setup customerio', () => {
  it('checks keys and attribute, and says what to create', async () => {
    sandbox.workspace().addPerson({ attributes: { mobile: '+14155550101' } });
    const { code, out } = await run(['customerio'], { CUSTOMERIO_PHONE_ATTRIBUTE: 'mobile' });
    expect(code).toBe(0);
    expect(out).toContain('1 people have the attribute mobile');
    expect(out).toContain(`POST ${PUBLIC_URL}/webhooks/customerio/people`);
    expect(out).toContain('{"phone":"{{customer.mobile}}","cio_id":"{{customer.cio_id}}"}');
    expect(out).toContain('openssl rand -hex 32');
    expect(out).toContain('"sms_unsubscribe": true');
  });

  it('connects to no Redis, which it does not need', async () => {
    let connections = 0;
    const redis = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await once(redis.listen(0, '127.0.0.1'), 'listening');
    const { port } = redis.address() as AddressInfo;
    const { out } = await run(['customerio'], { REDIS_URL: `redis://127.0.0.1:${String(port)}` });
    redis.close();
    expect(out).toContain('Customer.io accepts Track and App API keys');
    expect(connections).toBe(0);
  });

  it('does not print the token, and exits with 1 when something is wrong', async () => {
    const CUSTOMERIO_WEBHOOK_TOKEN = 'a-secret-token-of-mine';
    const { code, out } = await run(['customerio'], { CUSTOMERIO_WEBHOOK_TOKEN });
    expect(code).toBe(1);
    expect(out).toContain('phone_attribute_missing');
    expect(out).toContain('The token is that of CUSTOMERIO_WEBHOOK_TOKEN.');
    expect(out).not.toContain(CUSTOMERIO_WEBHOOK_TOKEN);
  });

  it('knows only the configured workspaces', async () => {
    expect(await run(['customerio', '--workspace', 'other'])).toMatchObject({
      code: 2,
      error: expect.stringContaining('workspace_unknown') as string,
    });
  });
});
