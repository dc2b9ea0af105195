import { TWILIO_ACCOUNT_SID as SID } from '../webhooks/message';
import { newSid } from './account-state';
import { addCampaign } from './campaigns';
import { addNumber } from './incoming-phone-numbers';
import { loggedInbound } from './logged-message';
import { addService } from './messaging-services';
import { addShortCode } from './short-codes';
import { startTwilioApi, type TwilioApi } from './start-twilio-api';

const TOKEN = '0123456789abcdef0123456789abcdef';
const KEY = { sid: `SK${'1'.repeat(32)}`, secret: 'a-secret', accountSid: SID };

let api: TwilioApi;
beforeEach(async () => {
  api = await startTwilioApi({ [SID]: TOKEN });
});
afterEach(() => api.stop());

interface Answer {
  readonly status: number;
  readonly content: Record<string, unknown>;
}

async function call(
  method: string,
  path: string,
  form?: Record<string, string | string[]>,
  [user, password]: [string, string] = [SID, TOKEN],
): Promise<Answer> {
  const body = new URLSearchParams();
  for (const [name, values] of Object.entries(form ?? {})) {
    for (const value of [values].flat()) body.append(name, value);
  }
  const response = await fetch(path.startsWith('http') ? path : `${api.url}${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    ...(form && { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    content: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}
const get = (path: string) => call('GET', path);
const post = (path: string, form: Record<string, string | string[]>) => call('POST', path, form);
const NUMBERS = `/2010-04-01/Accounts/${SID}/IncomingPhoneNumbers`;

describe('credentials', () => {
  it('accepts the auth token and an API key, each for its own account', async () => {
    api.addKey(KEY);
    expect((await call('GET', '/v1/Services', undefined, [KEY.sid, KEY.secret])).status).toBe(200);
    expect((await get('/v1/Services')).status).toBe(200);
    expect(await call('GET', '/v1/Services', undefined, [SID, 'wrong'])).toMatchObject({
      status: 401,
      content: { code: 20003, status: 401 },
    });
    const other = `/2010-04-01/Accounts/AC${'f'.repeat(32)}/Messages.json`;
    expect((await get(other)).status).toBe(401);
  });

  it('refuses an API key the account resource, and a restricted one what it may not use', async () => {
    api.addKey({ ...KEY, allowed: /Messages/ });
    const withKey = (path: string) => call('GET', path, undefined, [KEY.sid, KEY.secret]);
    expect((await withKey(`/2010-04-01/Accounts/${SID}.json`)).status).toBe(401);
    expect(await withKey('/v1/Services')).toMatchObject({ status: 403, content: { code: 70051 } });
    expect((await withKey(`/2010-04-01/Accounts/${SID}/Messages.json`)).status).toBe(200);
    expect((await get(`/2010-04-01/Accounts/${SID}.json`)).content).toMatchObject({ auth_token: TOKEN });
  });
});

describe('paging', () => {
  it('links the pages of the 2010 API relatively and those of the newer ones absolutely', async () => {
    const account = api.account(SID);
    for (let n = 0; n < 5; n++) addNumber(account, `+1500555000${String(n)}`);
    for (let n = 0; n < 5; n++) addService(account, `service ${String(n)}`);
    const numbers = await get(`${NUMBERS}.json?PageSize=2`);
    expect(numbers.content).toMatchObject({ page: 0, page_size: 2, start: 0, end: 1 });
    const { content } = await get(String(numbers.content.next_page_uri));
    expect(content).toMatchObject({ page: 1, incoming_phone_numbers: [{}, {}] });
    const services = await get('/v1/Services?PageSize=3');
    const { next_page_url: next } = services.content.meta as { next_page_url: string };
    expect((await get(next)).content).toMatchObject({
      services: [{ friendly_name: 'service 3' }, { friendly_name: 'service 4' }],
      meta: { key: 'services', next_page_url: null },
    });
  });

  it('refuses a page size that is no number', async () => {
    expect(await get('/v1/Services?PageSize=many')).toMatchObject({ status: 400, content: { code: 20001 } });
  });
});

it('answers an unknown path with 404 and code 20404', async () => {
  expect(await get('/v1/Services/MG0')).toMatchObject({ status: 404, content: { code: 20404 } });
  expect(await get('/v1/Nothing')).toMatchObject({ status: 404, content: { code: 20404 } });
});

it('filters the message log by sender and recipient', async () => {
  const at = new Date('2026-02-25T10:00:00Z');
  api.log(loggedInbound(at, { from: '+14155550101' }), loggedInbound(at, { from: '+14155550102' }));
  const { content } = await get(`/2010-04-01/Accounts/${SID}/Messages.json?From=%2B14155550102`);
  expect(content.messages).toMatchObject([{ from: '+14155550102' }]);
});

describe('numbers and services', () => {
  it('changes the webhooks of a number and refuses what is no URL', async () => {
    const { sid } = addNumber(api.account(SID), '+15005550006');
    const SmsUrl = 'https://optout.example.com/webhooks/twilio/messages#rc=3&rp=all';
    expect((await post(`${NUMBERS}/${sid}.json`, { SmsUrl })).content).toMatchObject({ sms_url: SmsUrl });
    expect(await post(`${NUMBERS}/${sid}.json`, { SmsUrl: 'nonsense' })).toMatchObject({
      status: 400,
      content: { code: 21502 },
    });
    expect((await get(`${NUMBERS}/${sid}.json`)).content).toMatchObject({ sms_url: SmsUrl });
  });

  it('lists short codes by themselves, changes their webhooks and refuses what is no URL', async () => {
    const account = api.account(SID);
    const [, code] = [addNumber(account, '+15005550006'), addShortCode(account, '10001')];
    const { sid } = addService(account, 'offers', { numbers: [code] });
    const CODES = `/2010-04-01/Accounts/${SID}/SMS/ShortCodes`;
    expect((await get(`${CODES}.json`)).content).toMatchObject({
      short_codes: [{ sid: code.sid, short_code: '10001', friendly_name: '10001', sms_url: null }],
      next_page_uri: null,
    });
    const fields = { SmsUrl: 'https://optout.example.com/a', SmsFallbackUrl: 'https://optout.example.com/b' };
    await post(`${CODES}/${code.sid}.json`, { ...fields, SmsMethod: 'GET' });
    expect((await get(`${CODES}/${code.sid}.json`)).content).toMatchObject({
      sms_url: fields.SmsUrl,
      sms_method: 'GET',
      sms_fallback_url: fields.SmsFallbackUrl,
      sms_fallback_method: 'POST',
    });
    expect((await post(`${CODES}/${code.sid}.json`, { SmsUrl: '' })).content.sms_url).toBeNull();
    expect((await post(`${CODES}/${code.sid}.json`, { SmsUrl: 'nonsense' })).status).toBe(400);
    expect((await get(`${CODES}/SC0.json`)).status).toBe(404);
    expect((await get(`/v1/Services/${sid}/ShortCodes`)).content).toMatchObject({
      short_codes: [{ sid: code.sid, short_code: '10001', service_sid: sid }],
    });
    expect((await get(`/v1/Services/${sid}/PhoneNumbers`)).content).toMatchObject({ phone_numbers: [] });
  });

  it('changes the webhooks of a service, removes them, and lists its numbers', async () => {
    const account = api.account(SID);
    const number = addNumber(account, '+15005550006');
    const { sid } = addService(account, 'offers', { numbers: [number] });
    const path = `/v1/Services/${sid}`;
    const changed = await post(path, {
      InboundRequestUrl: 'https://optout.example.com/a',
      StatusCallback: 'https://optout.example.com/b',
      UseInboundWebhookOnNumber: 'true',
    });
    expect(changed.content).toMatchObject({
      inbound_request_url: 'https://optout.example.com/a',
      status_callback: 'https://optout.example.com/b',
      use_inbound_webhook_on_number: true,
    });
    expect((await post(path, { InboundRequestUrl: '' })).content.inbound_request_url).toBeNull();
    expect((await get(`${path}/PhoneNumbers`)).content).toMatchObject({
      phone_numbers: [{ sid: number.sid, phone_number: '+15005550006', service_sid: sid }],
    });
  });

  it('lists the keywords of the A2P campaigns of a service', async () => {
    const account = api.account(SID);
    const { sid } = addService(account, 'offers');
    addCampaign(account, sid, { opt_out_keywords: ['STOP', 'ARRET'] });
    expect((await get(`/v1/Services/${sid}/Compliance/Usa2p`)).content).toMatchObject({
      compliance: [{ opt_out_keywords: ['STOP', 'ARRET'] }],
    });
  });
});

describe('Event Streams', () => {
  const INBOUND = 'com.twilio.messaging.inbound-message.received';
  const createSink = (destination: string) =>
    post('/v1/Sinks', {
      Description: 'optout-sync',
      SinkType: 'webhook',
      SinkConfiguration: JSON.stringify({ destination, method: 'POST', batch_events: true }),
    });

  it('subscribes a sink to types, each with a schema version', async () => {
    const sink = await createSink('https://optout.example.com/webhooks/twilio/events');
    expect(sink).toMatchObject({ status: 201, content: { status: 'active' } });
    const { content, status } = await post('/v1/Subscriptions', {
      Description: 'opt-outs',
      SinkSid: String(sink.content.sid),
      Types: [JSON.stringify({ type: INBOUND, schema_version: 4 })],
    });
    expect(status).toBe(201);
    const events = `/v1/Subscriptions/${String(content.sid)}/SubscribedEvents`;
    expect((await get(events)).content).toMatchObject({ types: [{ type: INBOUND, schema_version: 4 }] });
    await post(`${events}/${INBOUND}`, { SchemaVersion: '6' });
    expect((await get(events)).content).toMatchObject({ types: [{ type: INBOUND, schema_version: 6 }] });
    expect((await call('DELETE', `/v1/Sinks/${String(sink.content.sid)}`)).status).toBe(400);
    expect((await call('DELETE', `/v1/Subscriptions/${String(content.sid)}`)).status).toBe(204);
    expect((await call('DELETE', `/v1/Sinks/${String(sink.content.sid)}`)).status).toBe(204);
  });

  it('refuses connection overrides, an inactive sink, an unknown type and a version that is not there', async () => {
    expect((await createSink('https://optout.example.com/events#rc=3')).status).toBe(400);
    const { content } = await createSink('https://optout.example.com/events');
    const subscribe = (SinkSid: string, type: string, schema_version: number) =>
      post('/v1/Subscriptions', {
        Description: '',
        SinkSid,
        Types: JSON.stringify({ type, schema_version }),
      });
    expect((await subscribe('DG0', INBOUND, 6)).status).toBe(400);
    expect((await subscribe(String(content.sid), 'com.twilio.nothing', 1)).status).toBe(400);
    expect((await subscribe(String(content.sid), INBOUND, 99)).status).toBe(400);
  });
});

describe('consents', () => {
  const correlation = () => newSid('').slice(0, 32);
  const item = (changes: Record<string, unknown> = {}) =>
    JSON.stringify({
      contact_id: '+14155550101',
      correlation_id: correlation(),
      sender_id: `MG${'0'.repeat(31)}1`,
      status: 'opt-out',
      source: 'website',
      date_of_consent: '2026-02-28T10:05:27Z',
      ...changes,
    });

  it('stores the valid items and names what is wrong with each of the others', async () => {
    const { status, content } = await post('/v1/Consents/Bulk', {
      Items: [item(), item({ contact_id: '+19', date_of_consent: '2999-01-01T00:00:00Z' })],
    });
    expect(status).toBe(201);
    expect(content.items).toMatchObject([
      { error_code: 0, error_messages: [] },
      { error_code: 30646, error_messages: ['INVALID_CONTACT_ID', 'INVALID_DATE_OF_CONSENT'] },
    ]);
    expect([...api.account(SID).consents.values()]).toMatchObject([
      { contact_id: '+14155550101', status: 'opt-out' },
    ]);
  });

  it('keeps the latest consent of a contact and sender', async () => {
    await post('/v1/Consents/Bulk', { Items: item() });
    await post('/v1/Consents/Bulk', { Items: item({ status: 'opt-in' }) });
    expect([...api.account(SID).consents.values()]).toMatchObject([{ status: 'opt-in' }]);
  });

  it('refuses the items of some contacts', async () => {
    api.account(SID).refusedContacts.add('+14155550101');
    const { content } = await post('/v1/Consents/Bulk', {
      Items: [item(), item({ contact_id: '+14155550102' })],
    });
    expect(content.items).toMatchObject([{ error_code: 30646 }, { error_code: 0 }]);
  });

  it('takes 25 items a call', async () => {
    const items = (count: number) => ({ Items: Array.from({ length: count }, () => item()) });
    expect((await post('/v1/Consents/Bulk', items(25))).status).toBe(201);
    expect((await post('/v1/Consents/Bulk', items(26))).status).toBe(400);
    expect((await post('/v1/Consents/Bulk', items(0))).status).toBe(400);
  });

  it('answers 429 with code 20429 after 100 calls in a minute', async () => {
    for (let n = 0; n < 100; n++) await post('/v1/Consents/Bulk', { Items: item() });
    expect(await post('/v1/Consents/Bulk', { Items: item() })).toMatchObject({
      status: 429,
      content: { code: 20429, status: 429 },
    });
    expect((await get('/v1/Services')).status).toBe(200);
  });
});
