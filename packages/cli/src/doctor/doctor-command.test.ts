import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCustomerIoSandbox, type CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import type { Finding } from '@optout-sync/operations';
import type { Env } from '@optout-sync/shared/config';
import {
  TWILIO_ACCOUNT_SID as SID,
  addCampaign,
  addNumber,
  addService,
  addShortCode,
  startTwilioApi,
  type AccountState,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { AUTH_TOKEN, PUBLIC_URL, accountsEnv } from '../test-support/accounts';
import { openStores, runWith } from '../test-support/cli';

const INBOUND = `${PUBLIC_URL}/webhooks/twilio/messages#rc=3&rp=all`;
const FALLBACK = 'https://backup.example.com/webhooks/twilio/messages';
const STATUS = `${PUBLIC_URL}/webhooks/twilio/status`;
const INBOUND_EVENT = 'com.twilio.messaging.inbound-message.received';

const { env: redisEnv, queues, close } = openStores();
let sandbox: CustomerIoSandbox;
let api: TwilioApi;
let account: AccountState;
let folder: string;
/** Each test has a Redis of its own as far as keys go: the doctor remembers which number is in which service. */
let tests = 0;
beforeEach(async () => {
  tests += 1;
  sandbox = await startCustomerIoSandbox({ appRps: 0 });
  api = await startTwilioApi({ [SID]: AUTH_TOKEN });
  account = api.account(SID);
  folder = mkdtempSync(join(tmpdir(), 'optout-sync-doctor-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([sandbox.stop(), api.stop()]);
});
afterAll(() => close());

interface Report {
  readonly code: number;
  readonly findings: readonly Finding[];
  readonly codes: readonly string[];
}

async function doctor(areas: readonly Finding['area'][], changes: Env = {}): Promise<Report> {
  const QUEUE_PREFIX = `${redisEnv.QUEUE_PREFIX ?? ''}-${String(tests)}`;
  const env = { ...redisEnv, QUEUE_PREFIX, ...accountsEnv(sandbox, api), ...changes };
  const { code, out } = await runWith(env, 'doctor', '--json', '--only', ...areas);
  const { findings, ok } = JSON.parse(out) as { findings: Finding[]; ok: boolean };
  expect(ok).toBe(code === 0);
  return { code, findings, codes: findings.flatMap((finding) => finding.code ?? []) };
}
const whatOf = ({ findings }: Report, code: string) => findings.find((one) => one.code === code)?.what;

describe('configuration', () => {
  it('is read as the services read it, with all its errors', async () => {
    expect(await doctor(['configuration'])).toMatchObject({ code: 0, codes: [] });
    const report = await doctor(['configuration'], { TWILIO_AUTH_TOKEN: 'short', RECONCILE_PERIOD: 'often' });
    expect(report).toMatchObject({ code: 1, codes: ['config_invalid', 'config_invalid'] });
    expect(report.findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('TWILIO_AUTH_TOKEN') as string,
        expect.stringContaining('RECONCILE_PERIOD') as string,
      ]),
    );
  });

  it('does not keep the rest from being checked', async () => {
    const { findings } = await doctor(['configuration', 'twilio'], { CUSTOMERIO_APP_API_KEY: '' });
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'config_invalid' }) as Finding,
        expect.objectContaining({ area: 'twilio', level: 'ok' }) as Finding,
      ]),
    );
  });
});

describe('Redis', () => {
  it('is measured where it answers', async () => {
    const report = await doctor(['redis']);
    const said = report.findings.map(({ what }) => what).join('\n');
    expect(said).toMatch(/version \d/);
    expect(said).toMatch(/memory: \d+ of \d+ MB/);
    expect(said).toMatch(/latency: [\d.]+ ms/);
    expect(said).toContain('agrees with that of Redis');
  });

  it('is a failure where it does not, and Twilio is checked all the same', async () => {
    const report = await doctor(['redis', 'twilio'], { REDIS_URL: 'redis://127.0.0.1:1' });
    expect(report.code).toBe(1);
    expect(report.codes).toContain('redis_unreachable');
    expect(report.findings.filter(({ area }) => area === 'twilio').length).toBeGreaterThan(0);
  });
});

it('tells what waits in the queues: no worker, and dead letters', async () => {
  const before = await doctor(['queues'], redisEnv);
  expect(before.codes).toEqual(['no_worker']);
  const failedAt = Date.now() - 7_200_000;
  await queues.deadLetters.put({
    version: 1,
    stage: 'ingest',
    code: 'message_not_understood',
    message: 'unparsable',
    undone: { type: 'raw', data: {} },
    attempts: [],
    firstFailedAt: failedAt,
    lastFailedAt: failedAt,
  });
  const report = await doctor(['queues'], redisEnv);
  expect(whatOf(report, 'dead_letters')).toMatch(/^1 dead letters/);
});

describe('Customer.io', () => {
  const addPeople = (...phones: (string | undefined)[]) => {
    for (const phone of phones)
      sandbox.workspace().addPerson({ attributes: phone === undefined ? {} : { phone } });
  };

  it('is fine with valid keys and numbers as they are searched for', async () => {
    addPeople('+14155550101', '+14155550102', undefined);
    const { code, findings } = await doctor(['customerio']);
    expect(code).toBe(0);
    expect(findings.map(({ what }) => what).join('\n')).toContain(
      '2 people have the attribute phone, 1 do not',
    );
  });

  it('says which spellings are not searched for, and the setting that finds them', async () => {
    addPeople('+14155550101', '14155550102', '(415) 555-0103', 'unknown');
    const report = await doctor(['customerio']);
    expect(report).toMatchObject({ code: 0, codes: ['phone_spelling_unsearched'] });
    expect(report.findings.find(({ code }) => code !== undefined)).toMatchObject({
      what: expect.stringMatching(/3 are not searched for: 1 as 14155550123 .*, 1 as \(415\)/) as string,
      command: 'CUSTOMERIO_PHONE_FORMATS=e164,digits,national DEFAULT_COUNTRY=<country>',
    });
    expect(JSON.stringify(report.findings)).not.toContain('5550102');
    const formats = { CUSTOMERIO_PHONE_FORMATS: 'e164,digits,national', DEFAULT_COUNTRY: 'US' };
    expect(whatOf(await doctor(['customerio'], formats), 'phone_spelling_unsearched')).toContain(
      '1 are not searched for: 1 as something else',
    );
  });

  it.each<[string, Env | (() => void), string]>([
    ['nobody has the attribute', {}, 'phone_attribute_missing'],
    ['a key is wrong', { CUSTOMERIO_APP_API_KEY: 'wrong' }, 'customerio_keys_rejected'],
    ['the region is wrong', { CUSTOMERIO_REGION: 'eu' }, 'customerio_keys_rejected'],
    ['nothing answers', { CUSTOMERIO_APP_URL: 'http://127.0.0.1:1' }, 'customerio_unreachable'],
    [
      'the key may not read attributes',
      () => {
        const body = { errors: [{ detail: 'forbidden', status: '403' }] };
        sandbox.fault({ match: { operation: 'attributes' }, effect: { kind: 'status', status: 403, body } });
      },
      'customerio_right_missing',
    ],
    [
      'an answer has an unknown form',
      () => {
        sandbox.fault({
          match: { operation: 'attributes' },
          effect: { kind: 'status', status: 200, body: { people: [] } },
        });
      },
      'customerio_answer_unexpected',
    ],
  ])('fails when %s', async (_, given, code) => {
    if (typeof given === 'function') given();
    const report = await doctor(['customerio'], typeof given === 'function' ? {} : given);
    expect(report).toMatchObject({ code: 1, codes: [code] });
  });
});

describe('Twilio credentials', () => {
  beforeEach(() => addNumber(account, '+15005550006'));

  it.each<[string, Env, number, string[]]>([
    ['are valid', {}, 0, []],
    ['are wrong', { TWILIO_AUTH_TOKEN: 'f'.repeat(32) }, 1, ['twilio_credentials_rejected']],
    [
      'hold a token that is not valid yet',
      { TWILIO_AUTH_TOKEN: `${'f'.repeat(32)},${AUTH_TOKEN}` },
      0,
      ['twilio_token_rejected'],
    ],
    ['cannot be checked', { TWILIO_API_URL: 'http://127.0.0.1:1' }, 1, ['twilio_unreachable']],
  ])('%s', async (_, changes, code, codes) => {
    const report = await doctor(['twilio'], changes);
    // One failure is reported once.
    expect(report).toMatchObject({ code, codes });
  });

  it('include an API key, which reads in place of the token', async () => {
    const key = { sid: `SK${'1'.repeat(32)}`, secret: 'a-secret', accountSid: SID };
    api.addKey(key);
    const { findings } = await doctor(['twilio'], { TWILIO_API_KEY: key.sid, TWILIO_API_SECRET: key.secret });
    expect(findings.map(({ what }) => what).join()).toContain(`read with the API key ${key.sid}`);
  });

  it('may be those of a suspended account, or of one without senders', async () => {
    account.status = 'suspended';
    account.numbers.clear();
    expect((await doctor(['twilio'])).codes).toEqual(['twilio_account_inactive', 'twilio_no_senders']);
  });

  it('answer in the form that is expected', async () => {
    api.failNext('none', { status: 200, body: '{"incoming_phone_numbers":[{"sid":"PN1"}]}' });
    expect(whatOf(await doctor(['twilio']), 'twilio_answer_unexpected')).toContain('incoming_phone_numbers');
  });
});

describe('the webhooks at Twilio', () => {
  const service = (fields: Parameters<typeof addService>[2] = {}) =>
    addService(account, 'Offers', {
      inbound_request_url: INBOUND,
      fallback_url: FALLBACK,
      status_callback: STATUS,
      numbers: [addNumber(account, '+15005550006')],
      ...fields,
    });

  it('are right with inbound URL, retries, fallback and status callback', async () => {
    service();
    addNumber(account, '+15005550007', { sms_url: INBOUND, sms_fallback_url: FALLBACK });
    expect(await doctor(['webhooks'])).toMatchObject({ code: 0, codes: [] });
  });

  it.each<[string, Parameters<typeof addService>[2], number, string]>([
    ['has no inbound URL', { inbound_request_url: null }, 1, 'webhook_dropped'],
    [
      'leads to Customer.io',
      { inbound_request_url: 'https://track.customer.io/inbound/sms' },
      1,
      'webhook_elsewhere',
    ],
    [
      'leads to our path on another host',
      { inbound_request_url: 'https://old.example.com/webhooks/twilio/messages' },
      1,
      'webhook_other_base',
    ],
    [
      'leads to a Studio flow',
      { inbound_request_url: `https://webhooks.twilio.com/v1/Accounts/${SID}/Flows/FW1` },
      0,
      'webhook_of_flow',
    ],
    [
      'has no retries',
      { inbound_request_url: `${PUBLIC_URL}/webhooks/twilio/messages` },
      0,
      'webhook_without_retries',
    ],
    ['has no fallback', { fallback_url: null }, 0, 'webhook_without_fallback'],
    ['has no status callback', { status_callback: null }, 0, 'blocked_sends_unreported'],
  ])('are at fault where a service %s', async (_, fields, code, finding) => {
    service(fields);
    expect(await doctor(['webhooks'])).toMatchObject({ code, codes: [finding] });
  });

  it('are those of the numbers where a service leaves it to them, and outside of services', async () => {
    service({ inbound_request_url: null, use_inbound_webhook_on_number: true });
    addNumber(account, '+15005550007', { sms_application_sid: `AP${'1'.repeat(32)}` });
    addNumber(account, '+15005550008', { capabilities: { voice: true, sms: false, mms: false } });
    const report = await doctor(['webhooks']);
    expect(report.codes).toEqual(['webhook_dropped', 'webhook_of_application']);
    expect(whatOf(report, 'webhook_dropped')).toContain('+15005550006');
  });

  /** A file of settings that names the senders of the account. */
  const configured = (fields: Readonly<Record<string, unknown>>) => {
    const path = join(folder, 'optout.yaml');
    const accounts = [{ sid: SID, auth_tokens: '${TWILIO_AUTH_TOKEN}', ...fields }];
    // JSON is YAML.
    writeFileSync(path, JSON.stringify({ twilio: { accounts } }));
    return path;
  };

  it('are those of short codes in the same way', async () => {
    const inService = addShortCode(account, '10001');
    const { sid } = service({ numbers: [addNumber(account, '+15005550006'), inService] });
    addShortCode(account, '10002', { sms_url: INBOUND, sms_fallback_url: FALLBACK });
    expect(await doctor(['twilio', 'webhooks'])).toMatchObject({ code: 0, codes: [] });
    addShortCode(account, '10003');
    addShortCode(account, '10004', { sms_url: 'https://track.customer.io/inbound/sms' });
    const report = await doctor(['twilio', 'webhooks']);
    expect(report).toMatchObject({ code: 1, codes: ['webhook_dropped', 'webhook_elsewhere'] });
    expect(whatOf(report, 'webhook_dropped')).toBe('10003: it has no inbound URL');
    expect(whatOf(report, 'webhook_elsewhere')).toContain('10004');
    expect(report.findings.map(({ what }) => what).join('\n')).toContain('2 numbers, 4 short codes and 1');
    account.services.set(sid, { ...account.services.get(sid)!, use_inbound_webhook_on_number: true });
    expect(whatOf(await doctor(['webhooks']), 'webhook_dropped')).toContain('10001');
  });

  it.each([
    ['the short codes of the account', /SMS\/ShortCodes/],
    ['those of a service', /Services\/\w+\/ShortCodes/],
  ])('are checked without short codes where the key may not read %s', async (_, refused) => {
    const { sid } = service({
      numbers: [addNumber(account, '+15005550006'), addShortCode(account, '10001')],
    });
    const key = { sid: `SK${'1'.repeat(32)}`, secret: 'a-secret', accountSid: SID };
    api.addKey({ ...key, allowed: new RegExp(`^(?!.*${refused.source})`) });
    const { code, codes, findings } = await doctor(['webhooks'], {
      TWILIO_AUTH_TOKEN: 'f'.repeat(32),
      OPTOUT_CONFIG: configured({
        api_key: key.sid,
        api_secret: key.secret,
        services: { [sid]: ['+15005550006', '10001'] },
        numbers: ['10002'],
      }),
    });
    expect({ code, codes }).toEqual({ code: 0, codes: [] });
    expect(findings).toContainEqual({
      area: 'webhooks',
      level: 'skipped',
      what: expect.stringMatching(/its short codes could not be read: Twilio responds with 40/) as string,
    });
  });

  it('are those of the configured short codes, which the account has to have', async () => {
    const { sid } = service({
      numbers: [addNumber(account, '+15005550006'), addShortCode(account, '10001')],
    });
    const OPTOUT_CONFIG = configured({
      services: { [sid]: ['+15005550006'] },
      numbers: ['10002'],
    });
    const report = await doctor(['twilio', 'webhooks'], { OPTOUT_CONFIG });
    expect(report.codes).toEqual(['sender_not_found', 'service_numbers_differ']);
    expect(whatOf(report, 'sender_not_found')).toBe(`account ${SID} does not have 10002`);
    expect(whatOf(report, 'service_numbers_differ')).toContain('10001 not in the configuration');
  });

  it('need not lead here where Event Streams reports the messages', async () => {
    service({ inbound_request_url: 'https://track.customer.io/inbound/sms', status_callback: null });
    const types = new Map([
      [INBOUND_EVENT, 6],
      ['com.twilio.messaging.message.failed', 8],
      ['com.twilio.messaging.message.undelivered', 8],
      ['com.twilio.messaging.reassigned-number.detected', 1],
    ]);
    const sink = (status: 'active' | 'failed', destination = `${PUBLIC_URL}/webhooks/twilio/events`) =>
      account.sinks.set('DG1', {
        sid: 'DG1',
        description: '',
        sink_type: 'webhook',
        sink_configuration: { destination },
        status,
        date_created: '',
        date_updated: '',
      });
    sink('active');
    account.subscriptions.set('DF1', {
      sid: 'DF1',
      account_sid: SID,
      description: '',
      sink_sid: 'DG1',
      date_created: '',
      date_updated: '',
      types,
    });
    expect(await doctor(['webhooks'])).toMatchObject({ code: 0, codes: [] });
    types.set(INBOUND_EVENT, 4).delete('com.twilio.messaging.message.failed');
    expect([...(await doctor(['webhooks'])).codes].sort()).toEqual([
      'blocked_sends_unreported',
      'event_schema_old',
      'event_type_missing',
      'webhook_elsewhere',
    ]);
    sink('failed');
    expect((await doctor(['webhooks'])).codes).toContain('event_sink_inactive');
    types.set(INBOUND_EVENT, 6).set('com.twilio.messaging.message.failed', 8);
    sink('active', `https://webhooks.twilio.com/v1/Accounts/${SID}/Flows/FW${'0'.repeat(32)}`);
    expect((await doctor(['webhooks'])).codes).toContain('webhook_elsewhere');
  });

  it('may be signed with a SharedKey, by the rule that matches most exactly', async () => {
    service();
    const settingId = 'webhooks_setting_01';
    account.webhookSettings.set(settingId, {
      id: settingId,
      signature: { keyId: 'k', algorithm: 'HMAC_SHA256' },
    });
    account.webhookRules.push({
      id: 'r1',
      matchType: 'PREFIX_MATCH',
      prefix: PUBLIC_URL,
      settings: [{ settingId }],
    });
    expect(await doctor(['webhooks'])).toMatchObject({ code: 1, codes: ['shared_key'] });
    const other = 'webhooks_setting_02';
    account.webhookSettings.set(other, { id: other, signature: null });
    account.webhookRules.push({
      id: 'r2',
      matchType: 'EXACT_MATCH',
      value: `${PUBLIC_URL}/webhooks/twilio/messages`,
      settings: [{ settingId: other }],
    });
    expect(await doctor(['webhooks'])).toMatchObject({ code: 0, codes: [] });
  });

  it('belong to campaigns whose keywords have to be known here; the YAML adds them', async () => {
    const { sid } = service();
    addCampaign(account, sid, { opt_out_keywords: ['STOP', 'ARRET'], opt_in_keywords: ['START', 'JOIN'] });
    const report = await doctor(['webhooks']);
    expect(report).toMatchObject({ code: 1, codes: ['keywords_missing'] });
    expect(report.findings.find(({ yaml }) => yaml !== undefined)?.yaml).toBe(
      [
        'keywords:',
        '  languages:',
        '    en-a2p:',
        '      stop:',
        '        - ARRET',
        '      start:',
        '        - JOIN',
      ].join('\n'),
    );
  });

  it('belong to numbers that may move between services', async () => {
    const { sid, numbers } = service();
    expect(await doctor(['webhooks'])).toMatchObject({ codes: [] });
    addService(account, 'Alerts', {
      inbound_request_url: INBOUND,
      fallback_url: FALLBACK,
      status_callback: STATUS,
      numbers: numbers.map((each) => account.numbers.get(each)!),
    });
    account.services.set(sid, { ...account.services.get(sid)!, numbers: [] });
    const report = await doctor(['webhooks']);
    expect(report.codes).toEqual(['number_moved']);
    expect(whatOf(report, 'number_moved')).toContain(`+15005550006 was in ${sid}`);
  });
});

it('prints what to mend, and how, to people', async () => {
  addNumber(account, '+15005550006');
  const { code, out, error } = await runWith(
    { ...redisEnv, ...accountsEnv(sandbox, api) },
    'doctor',
    '--only',
    'webhooks',
  );
  expect(code).toBe(1);
  expect(error).toContain('checking: Webhooks at Twilio');
  expect(out).toContain('Webhooks at Twilio\n');
  expect(out).toMatch(/FAIL {2}\+15005550006: it has no inbound URL \[webhook_dropped\]/);
  expect(out).toMatch(/why: {2}Twilio drops inbound messages/);
  expect(out).toContain('run:  optout-sync setup twilio');
  expect(out).toMatch(/^1 failure, /m);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
