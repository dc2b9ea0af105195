import {
  TWILIO_ACCOUNT_SID as SID,
  addNumber,
  addService,
  addShortCode,
  startTwilioApi,
  type TwilioApi,
} from '@optout-sync/twilio-simulator';
import { createSink, deleteSink, readSinks } from './event-streams';
import { RestClient, type RestClientOptions } from './rest-client';
import { readNumbers, readSenders, readServices, updateService } from './senders';

const TOKEN = '0123456789abcdef0123456789abcdef';
const KEY = { sid: `SK${'1'.repeat(32)}`, secret: 'a-secret' };
const MESSAGES = `/2010-04-01/Accounts/${SID}/Messages.json`;

let api: TwilioApi;
beforeEach(async () => {
  api = await startTwilioApi({ [SID]: TOKEN });
});
afterEach(() => api.stop());

const client = (changes: Partial<RestClientOptions['account']> = {}) =>
  new RestClient({ account: { sid: SID, authTokens: [TOKEN], ...changes }, apiUrl: api.url, retryMs: 1 });

describe('credentials', () => {
  it('are the API key where there is one', async () => {
    api.addKey({ ...KEY, accountSid: SID });
    await expect(client({ apiKey: KEY, authTokens: [] }).get(MESSAGES)).resolves.toMatchObject({
      messages: [],
    });
    await expect(
      client({ apiKey: { ...KEY, secret: 'wrong' }, authTokens: [] }).get(MESSAGES),
    ).rejects.toMatchObject({
      code: 'twilio_unauthorized',
      twilioCode: 20003,
      message: expect.stringContaining(`check the API key ${KEY.sid}`) as string,
    });
  });

  it('are the auth token for what the key may not do', async () => {
    api.addKey({ ...KEY, accountSid: SID, allowed: /Messages/ });
    const both = client({ apiKey: KEY });
    await both.get(MESSAGES);
    await expect(readServices(both)).resolves.toEqual([]);
    await expect(readServices(client({ apiKey: KEY, authTokens: [] }))).rejects.toMatchObject({
      status: 403,
    });
  });

  it('stay the API key after a request that neither it nor the auth token may do', async () => {
    api.addKey({ ...KEY, accountSid: SID, allowed: /IncomingPhoneNumbers|Services|Sinks/ });
    const both = client({ apiKey: KEY, authTokens: ['no longer valid'] });
    expect(await readSenders(both, SID)).toMatchObject({
      unreadShortCodes: expect.stringContaining('401') as string,
    });
    await expect(readSinks(both)).resolves.toEqual([]);
  });

  it('are no longer the API key once the auth token did what it may not do', async () => {
    api.addKey({ ...KEY, accountSid: SID, allowed: /Messages/ });
    const both = client({ apiKey: KEY });
    await readServices(both);
    await readServices(both);
    expect(api.requests).toHaveLength(3);
  });
});

describe('a request that is no GET', () => {
  it('is repeated after an error where that is harmless', async () => {
    const { sid } = addService(api.account(SID), 'Offers');
    api.failNext({ status: 503 }, { status: 0 });
    await updateService(client(), sid, { InboundRequestUrl: 'https://a.example' });
    expect(api.writes).toHaveLength(3);
    expect(api.account(SID).services.get(sid)).toMatchObject({ inbound_request_url: 'https://a.example' });
  });

  it('is not repeated where it creates something, unless Twilio says that it did nothing', async () => {
    const sink = { description: 'ours', destination: 'https://a.example' };
    api.failNext({ status: 503 });
    await expect(createSink(client(), sink)).rejects.toMatchObject({ code: 'twilio_unreachable' });
    expect(api.writes).toHaveLength(1);
    api.failNext({ status: 429 });
    await createSink(client(), sink);
    expect(api.account(SID).sinks.size).toBe(1);
  });

  it('may delete what is gone already', async () => {
    await expect(deleteSink(client(), 'DG0')).resolves.toBeUndefined();
    api.failNext({ status: 400 });
    await expect(deleteSink(client(), 'DG0')).rejects.toMatchObject({ code: 'twilio_refused' });
  });
});

describe('lists', () => {
  it('are read to their end, in both forms of links', async () => {
    const account = api.account(SID);
    for (let n = 0; n < 1_001; n++) addNumber(account, `+1500${String(5_550_000 + n)}`);
    for (let n = 0; n < 2; n++)
      addService(account, `service ${String(n)}`, { numbers: [...account.numbers.values()] });
    expect(await readNumbers(client(), SID)).toHaveLength(1_001);
    expect((await readServices(client())).map(({ phones }) => phones.length)).toEqual([1_001, 1_001]);
  });

  it('of short codes are read beside the numbers, and to their end', async () => {
    const account = api.account(SID);
    const codes = Array.from({ length: 1_001 }, (_, n) => addShortCode(account, String(10_000 + n)));
    const number = addNumber(account, '+15005550006');
    addService(account, 'Offers', { numbers: [number, ...codes] });
    const { numbers, services } = await readSenders(client(), SID);
    expect(numbers).toHaveLength(1_002);
    expect(services.map(({ phones }) => phones.length)).toEqual([1_002]);
  });

  it.each([401, 403, 404])('of short codes may be refused with %i, and then are missing', async (status) => {
    addNumber(api.account(SID), '+15005550006');
    addShortCode(api.account(SID), '10001');
    api.failNext('none', 'none', { status });
    expect(await readSenders(client(), SID)).toMatchObject({
      numbers: [{ kind: 'number' }],
      unreadShortCodes: expect.stringContaining(String(status)) as string,
    });
    api.failNext('none', 'none', { status: 400 });
    await expect(readSenders(client(), SID)).rejects.toMatchObject({ code: 'twilio_refused' });
  });

  it('name the field that has not the expected form', async () => {
    api.failNext({ status: 200, body: '{"sinks":[{"sid":"DG1","sink_type":3}]}' });
    await expect(readSinks(client())).rejects.toMatchObject({
      code: 'twilio_answer_not_understood',
      message: expect.stringContaining('sinks.0.sink_type') as string,
    });
  });

  it('do not lead the credentials to another host', async () => {
    const body = JSON.stringify({
      sinks: [],
      meta: { next_page_url: 'https://elsewhere.example.com/v1/Sinks' },
    });
    api.failNext({ status: 200, body });
    await expect(readSinks(client())).rejects.toMatchObject({ code: 'twilio_answer_not_understood' });
    expect(api.requests).toHaveLength(1);
  });
});
