import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks';
import { runSimulator } from './run-simulator';

const ACCOUNT = 'AC0000000000000000000000000000000a';
const PUBLIC = 'https://optout.example.com';
const SID = 'SM0123456789abcdef0123456789abcdef';

interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let received: Received[] = [];
let answer = { status: 200, body: '<Response/>' };
const server = createServer((request, response) => {
  void text(request).then((body) => {
    received.push({ method: request.method!, url: request.url!, headers: request.headers, body });
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
  });
});
let ingest: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ingest = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  received = [];
  answer = { status: 200, body: '<Response/>' };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Runs it as with a system that runs here, PUBLIC_URL set and two tokens, the first of them Twilio's present one. */
async function simulate(args: readonly string[], settings: Record<string, string | undefined> = {}) {
  const env = {
    INGEST_URL: ingest,
    PUBLIC_URL: PUBLIC,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: 'present, next',
    ...settings,
  };
  const [out, error]: [string[], string[]] = [[], []];
  const code = await runSimulator(args, {
    env,
    out: (line) => out.push(line),
    error: (line) => error.push(line),
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

const params = ({ body }: Received) => Object.fromEntries(new URLSearchParams(body));

const isSigned = (got: Received, base = PUBLIC, token = 'present') =>
  validateRequest(
    token,
    got.headers['x-twilio-signature'] as string,
    base + got.url,
    got.method === 'GET' ? {} : params(got),
  );

const isSignedJson = ({ headers, url, body }: Received) =>
  validateRequestWithBody('present', headers['x-twilio-signature'] as string, PUBLIC + url, body);

const events = ({ body }: Received) =>
  JSON.parse(body) as { id: string; type: string; source: string; data: Record<string, unknown> }[];

describe('message', () => {
  test('goes to the running ingest, signed for the public URL with the present token, under its host', async () => {
    const { code } = await simulate(['message', '--body', 'Alto ñ', '--opt-out-type', 'STOP']);
    expect(code).toBe(0);
    expect(received).toMatchObject([
      { method: 'POST', url: '/webhooks/twilio/messages', headers: { host: 'optout.example.com' } },
    ]);
    expect(params(received[0]!)).toMatchObject({
      AccountSid: ACCOUNT,
      From: '+14155550101',
      Body: 'Alto ñ',
      OptOutType: 'STOP',
    });
    expect(isSigned(received[0]!)).toBe(true);
    expect(isSigned(received[0]!, PUBLIC, 'next')).toBe(false);
  });

  test('tells what was sent, what was answered and where to look, the last only if it was taken', async () => {
    const taken = await simulate(['message', '--sid', SID, '--from', '+14155550123']);
    expect(taken.out).toContain(`POST ${ingest}/webhooks/twilio/messages\n`);
    for (const part of [SID, `${PUBLIC}/webhooks/twilio/messages`, 'answer 200 text/xml <Response/>']) {
      expect(taken.out).toContain(part);
    }
    expect(taken.out).toContain('npm run optouts -- show +14155550123');
    answer = { status: 403, body: 'no' };
    const refused = await simulate(['message']);
    expect(refused).toMatchObject({ code: 0, out: expect.stringContaining('answer 403') as string });
    expect(refused.out).not.toContain('npm run optouts');
  });

  test('prints JSON with all of it', async () => {
    const { out } = await simulate(['message', '--json', '--repeat', '2']);
    expect(JSON.parse(out)).toMatchObject({
      method: 'POST',
      url: `${PUBLIC}/webhooks/twilio/messages`,
      sentTo: `${ingest}/webhooks/twilio/messages`,
      content: params(received[0]!),
      answers: [
        { status: 200, type: 'text/xml', body: '<Response/>' },
        { status: 200, type: 'text/xml', body: '<Response/>' },
      ],
    });
  });

  test('delivered again it is the same message', async () => {
    await simulate(['message', '--repeat', '3']);
    expect(received.map(({ body }) => body)).toEqual(Array(3).fill(received[0]!.body));
    expect(received.every((one) => isSigned(one))).toBe(true);
  });

  test('goes out by GET, on WhatsApp and without a service', async () => {
    await simulate(['message', '--get', '--from', 'whatsapp:+14155550123', '--service', 'none']);
    const query = new URL(received[0]!.url, ingest).searchParams;
    expect(received[0]!.method).toBe('GET');
    expect(query.get('To')).toBe('whatsapp:+15005550006');
    expect(query.has('MessagingServiceSid')).toBe(false);
    expect(isSigned(received[0]!)).toBe(true);
  });

  test('can be forged, and come with what a proxy adds', async () => {
    await simulate(['message', '--forge', '--header', 'X-Forwarded-Proto: https', '--header', 'Via: 1.1 me']);
    expect(received[0]!.headers).toMatchObject({ 'x-forwarded-proto': 'https', via: '1.1 me' });
    expect(received[0]!.headers['x-twilio-signature']).toMatch(/^[\w+/]{27}=$/);
    expect(isSigned(received[0]!)).toBe(false);
  });
});

describe('where it goes', () => {
  test.each([
    ['a base URL gets the route', 'https://a.example.com', 'https://a.example.com', ''],
    [
      'a path that a proxy strips is signed',
      'https://a.example.com/hooks/',
      'https://a.example.com/hooks',
      '',
    ],
    [
      'a whole URL is signed as it is, without its fragment',
      'https://A.example.com/webhooks/twilio/messages?a=1#rc=3&rp=all',
      'https://A.example.com',
      '?a=1',
    ],
  ])('%s', async (_what, url, base, query) => {
    await simulate(['message', '--url', url]);
    expect(received[0]!.url).toBe(`/webhooks/twilio/messages${query}`);
    expect(isSigned(received[0]!, base)).toBe(true);
  });

  test('without a public URL the address here is signed', async () => {
    await simulate(['message', '--connect', ingest], { PUBLIC_URL: undefined, INGEST_URL: undefined });
    expect(isSigned(received[0]!, ingest)).toBe(true);
  });

  test('INGEST_PORT leads to an ingest that npm start does not run', async () => {
    const env = { INGEST_URL: undefined, INGEST_PORT: new URL(ingest).port };
    expect(await simulate(['message'], env)).toMatchObject({ code: 0 });
    expect(received).toHaveLength(1);
  });

  test.each([
    'http://192.0.2.1',
    'http://0.0.0.0:8080',
    'https://[2001:db8::1]',
    'http://no-such-host.invalid',
  ])('never to %s', async (elsewhere) => {
    const { code, error } = await simulate(['message', '--connect', elsewhere]);
    expect({ code, error }).toMatchObject({
      code: 2,
      error: expect.stringContaining('to this machine only') as string,
    });
  });

  test('nobody there is told as such', async () => {
    expect(await simulate(['message', '--connect', 'http://127.0.0.1:1'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});

describe('whose it is', () => {
  test('options go before the environment', async () => {
    await simulate(['message', '--account', 'AC1', '--auth-token', 'other']);
    expect(params(received[0]!)).toMatchObject({ AccountSid: 'AC1' });
    expect(isSigned(received[0]!, PUBLIC, 'other')).toBe(true);
  });

  test('the token may come in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
    writeFileSync(join(folder, 'token'), 'filed\n');
    const env = { TWILIO_AUTH_TOKEN: undefined, TWILIO_AUTH_TOKEN_FILE: join(folder, 'token') };
    await simulate(['message'], env);
    rmSync(folder, { recursive: true });
    expect(isSigned(received[0]!, PUBLIC, 'filed')).toBe(true);
  });

  test('without an account nothing is sent', async () => {
    expect(await simulate(['message'], { TWILIO_AUTH_TOKEN: undefined })).toMatchObject({
      code: 2,
      error: expect.stringContaining('No account is known') as string,
    });
    expect(received).toEqual([]);
  });
});

describe('status', () => {
  test('is a blocked message to the person, unless told otherwise', async () => {
    await simulate(['status', '--to', '+14155550123']);
    await simulate(['status', '--error-code', 'none']);
    const [blocked, delivered] = received.map(params);
    expect(blocked).toMatchObject({ To: '+14155550123', MessageStatus: 'failed', ErrorCode: '21610' });
    expect(delivered).toMatchObject({ MessageStatus: 'delivered', SmsStatus: 'delivered' });
    expect(delivered).not.toHaveProperty('ErrorCode');
    expect(received.map(({ url }) => url)).toEqual(Array(2).fill('/webhooks/twilio/status'));
    expect(received.every((one) => isSigned(one))).toBe(true);
  });
});

describe('event', () => {
  test('a batch has as many events as asked for, in order, each of a message of its own', async () => {
    const at = '2026-03-01T10:00:00.000Z';
    await simulate(['event', 'inbound', '--count', '3', '--from', '+14155550123', '--at', at]);
    const batch = events(received[0]!);
    expect(received[0]!.url).toMatch(/^\/webhooks\/twilio\/events\?bodySHA256=/);
    expect(isSignedJson(received[0]!)).toBe(true);
    expect(batch.map(({ data }) => data.timestamp)).toEqual([
      '2026-03-01T09:59:59.998Z',
      '2026-03-01T09:59:59.999Z',
      at,
    ]);
    expect(new Set(batch.map(({ data }) => data.messageSid)).size).toBe(3);
    expect(new Set(batch.map(({ id }) => id)).size).toBe(3);
    expect(batch[0]).toMatchObject({
      type: 'com.twilio.messaging.inbound-message.received',
      source: expect.stringContaining(ACCOUNT) as string,
      data: { accountSid: ACCOUNT, from: '+14155550123', to: '+15005550006', body: 'STOP' },
    });
  });

  test('a failed message is of the person it was for; a test is of the account', async () => {
    await simulate(['event', 'undelivered', '--to', '+14155550123', '--error-code', '30003']);
    const test = await simulate(['event', 'test']);
    const [[undelivered], [tried]] = received.map(events) as [[object], [object]];
    expect(undelivered).toMatchObject({
      type: 'com.twilio.messaging.message.undelivered',
      data: { to: '+14155550123', errorCode: 30003, messageStatus: 'UNDELIVERED' },
    });
    expect(tried).toMatchObject({ type: 'com.twilio.eventstreams.test-event', id: ACCOUNT });
    expect(test.out).not.toContain('npm run optouts');
  });

  test('alone it is no array, tells of a given message, and can be forged', async () => {
    await simulate(['event', 'inbound', '--single', '--sid', SID, '--forge']);
    expect(JSON.parse(received[0]!.body)).toMatchObject({ data: { messageSid: SID } });
    expect(isSignedJson(received[0]!)).toBe(false);
  });

  test.each([
    [['event', 'inbound', '--count', '2', '--single'], '--count'],
    [['event', 'inbound', '--at', 'noon'], '2026-03-01T10:00:00Z'],
    [['event', 'voice'], 'Allowed choices'],
    [['message', '--repeat', '0'], 'whole number'],
    [['message', '--header', 'nonsense'], 'Name: value'],
    [['message', '--url', 'optout.example.com'], 'no http or https URL'],
  ])('%j is misused', async (args, hint) => {
    expect(await simulate(args)).toMatchObject({ code: 2, error: expect.stringContaining(hint) as string });
    expect(received).toEqual([]);
  });
});

describe('studio', () => {
  test('a form is signed, and has the names of the widget, empty ones included', async () => {
    await simulate(['studio', '--from', '+14155550123', '--body', 'Stop']);
    expect(params(received[0]!)).toEqual({
      from: '+14155550123',
      to: '+15005550006',
      messagingServiceSid: 'MG00000000000000000000000000000001',
      body: 'Stop',
      optOutType: '',
      messageSid: expect.stringMatching(/^SM[0-9a-f]{32}$/) as string,
      accountSid: ACCOUNT,
    });
    expect(isSigned(received[0]!)).toBe(true);
  });

  test('JSON is signed by the hash of its body; an id takes the place of a messageSid', async () => {
    await simulate(['studio', '--as', 'json', '--kind', 'stop', '--id', 'word-1']);
    expect(JSON.parse(received[0]!.body)).toMatchObject({ kind: 'stop', id: 'word-1', messageSid: '' });
    expect(isSignedJson(received[0]!)).toBe(true);
  });

  test('a Function shows a token and no signature, and needs no account', async () => {
    const nobody = { TWILIO_ACCOUNT_SID: undefined, TWILIO_AUTH_TOKEN: undefined, STUDIO_TOKEN: 'one,two' };
    await simulate(['studio', '--token', '--as', 'json'], nobody);
    await simulate(['studio', '--token', 'three', '--forge']);
    const [own, forged] = received.map(({ headers }) => headers);
    expect(own).toMatchObject({ authorization: 'Bearer one', 'content-type': 'application/json' });
    expect(own).not.toHaveProperty('x-twilio-signature');
    expect(forged).toMatchObject({ authorization: 'Bearer three-forged' });
    expect(await simulate(['studio', '--token'])).toMatchObject({
      code: 2,
      error: expect.stringContaining('STUDIO_TOKEN') as string,
    });
  });
});
