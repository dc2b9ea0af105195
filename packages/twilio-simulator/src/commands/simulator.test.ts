import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks';
import { runSimulator } from '../test-support/run-simulator';

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

/** Runs the simulator beside a running system, with PUBLIC_URL set and two tokens, the first of which Twilio signs with. */
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

const isSigned = (request: Received, base = PUBLIC, token = 'present') =>
  validateRequest(
    token,
    request.headers['x-twilio-signature'] as string,
    base + request.url,
    request.method === 'GET' ? {} : params(request),
  );

const isSignedJson = ({ headers, url, body }: Received) =>
  validateRequestWithBody('present', headers['x-twilio-signature'] as string, PUBLIC + url, body);

const events = ({ body }: Received) =>
  JSON.parse(body) as { id: string; type: string; source: string; data: Record<string, unknown> }[];

describe('message', () => {
  test('is sent to the running ingest, signed for the public URL with the first token, with its host', async () => {
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

  test('prints the request and the answer, and how to see the result only if it was accepted', async () => {
    const accepted = await simulate(['message', '--sid', SID, '--from', '+14155550123']);
    expect(accepted.out).toContain(`POST ${ingest}/webhooks/twilio/messages\n`);
    for (const part of [SID, `${PUBLIC}/webhooks/twilio/messages`, 'answer 200 text/xml <Response/>']) {
      expect(accepted.out).toContain(part);
    }
    expect(accepted.out).toContain('optout-sync optouts show +14155550123');
    answer = { status: 403, body: 'no' };
    const rejected = await simulate(['message']);
    expect(rejected).toMatchObject({ code: 0, out: expect.stringContaining('answer 403') as string });
    expect(rejected.out).not.toContain('optout-sync optouts');
  });

  test('prints the request and all answers as JSON', async () => {
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

  test('is the same message when it is repeated', async () => {
    await simulate(['message', '--repeat', '3']);
    expect(received.map(({ body }) => body)).toEqual(Array(3).fill(received[0]!.body));
    expect(received.every((one) => isSigned(one))).toBe(true);
  });

  test('is sent by GET, on WhatsApp and without a service', async () => {
    await simulate(['message', '--get', '--from', 'whatsapp:+14155550123', '--service', 'none']);
    const query = new URL(received[0]!.url, ingest).searchParams;
    expect(received[0]!.method).toBe('GET');
    expect(query.get('To')).toBe('whatsapp:+15005550006');
    expect(query.has('MessagingServiceSid')).toBe(false);
    expect(isSigned(received[0]!)).toBe(true);
  });

  test('has the payload of a button and the country of a short code', async () => {
    await simulate([
      'message',
      '--to',
      '12345',
      '--to-country',
      'DE',
      '--button-payload',
      'STOP',
      '--body',
      'No thanks',
    ]);
    expect(params(received[0]!)).toMatchObject({
      To: '12345',
      ToCountry: 'DE',
      ButtonPayload: 'STOP',
      Body: 'No thanks',
    });
    await simulate(['message']);
    expect(params(received[1]!)).not.toHaveProperty('ButtonPayload');
    expect(params(received[1]!)).toHaveProperty('ToCountry', 'US');
  });

  test('of a person without a phone number leads to the dead letters', async () => {
    const { out } = await simulate(['message', '--from', 'whatsapp:US.123']);
    expect(out).toContain('To see the result: optout-sync dlq list');
  });

  test('has an invalid signature when it is forged, and the headers of a proxy', async () => {
    await simulate(['message', '--forge', '--header', 'X-Forwarded-Proto: https', '--header', 'Via: 1.1 me']);
    expect(received[0]!.headers).toMatchObject({ 'x-forwarded-proto': 'https', via: '1.1 me' });
    expect(received[0]!.headers['x-twilio-signature']).toMatch(/^[\w+/]{27}=$/);
    expect(isSigned(received[0]!)).toBe(false);
  });
});

describe('the target', () => {
  test.each([
    ['appends the route to a base URL', 'https://a.example.com', 'https://a.example.com', ''],
    ['signs a path that a proxy removes', 'https://a.example.com/hooks/', 'https://a.example.com/hooks', ''],
    [
      'signs a complete URL unchanged, without its fragment',
      'https://A.example.com/webhooks/twilio/messages?a=1#rc=3&rp=all',
      'https://A.example.com',
      '?a=1',
    ],
  ])('%s', async (_what, url, base, query) => {
    await simulate(['message', '--url', url]);
    expect(received[0]!.url).toBe(`/webhooks/twilio/messages${query}`);
    expect(isSigned(received[0]!, base)).toBe(true);
  });

  test('is signed with its local address without a public URL', async () => {
    await simulate(['message', '--connect', ingest], { PUBLIC_URL: undefined, INGEST_URL: undefined });
    expect(isSigned(received[0]!, ingest)).toBe(true);
  });

  test('is found by INGEST_PORT when npm start does not run it', async () => {
    const env = { INGEST_URL: undefined, INGEST_PORT: new URL(ingest).port };
    expect(await simulate(['message'], env)).toMatchObject({ code: 0 });
    expect(received).toHaveLength(1);
  });

  test.each([
    ['http://192.0.2.1', 'is another machine'],
    ['http://0.0.0.0:8080', 'is another machine'],
    ['https://[2001:db8::1]', 'is another machine'],
    ['http://no-such-host.invalid', 'has no address'],
  ])('is not %s by mistake', async (elsewhere, reason) => {
    const { code, error } = await simulate(['message', '--connect', elsewhere]);
    expect({ code, error }).toMatchObject({ code: 2, error: expect.stringContaining(reason) as string });
  });

  test('is never another machine by plain http', async () => {
    expect(await simulate(['message', '--yes', '--connect', 'http://192.0.2.1'])).toMatchObject({
      code: 2,
      error: expect.stringContaining('use https') as string,
    });
  });

  test('is reported as unreachable when nothing listens', async () => {
    expect(await simulate(['message', '--connect', 'http://127.0.0.1:1'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});

describe('the account', () => {
  test('is taken from options before the environment', async () => {
    await simulate(['message', '--account', 'AC1', '--auth-token', 'other']);
    expect(params(received[0]!)).toMatchObject({ AccountSid: 'AC1' });
    expect(isSigned(received[0]!, PUBLIC, 'other')).toBe(true);
  });

  test('has a token that may be in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'optout-sync-test-'));
    writeFileSync(join(folder, 'token'), 'from-file\n');
    const env = { TWILIO_AUTH_TOKEN: undefined, TWILIO_AUTH_TOKEN_FILE: join(folder, 'token') };
    await simulate(['message'], env);
    rmSync(folder, { recursive: true });
    expect(isSigned(received[0]!, PUBLIC, 'from-file')).toBe(true);
  });

  test('is required: nothing is sent without it', async () => {
    expect(await simulate(['message'], { TWILIO_AUTH_TOKEN: undefined })).toMatchObject({
      code: 2,
      error: expect.stringContaining('The account is unknown') as string,
    });
    expect(received).toEqual([]);
  });
});

describe('status', () => {
  test('is of a blocked message to the person by default', async () => {
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
  test('is a batch of --count events in order, each of another message', async () => {
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

  test('has the recipient as the person of a failed message, and no person in a test', async () => {
    await simulate(['event', 'undelivered', '--to', '+14155550123', '--error-code', '30003']);
    const test = await simulate(['event', 'test']);
    const [[undelivered], [tested]] = received.map(events) as [[object], [object]];
    expect(undelivered).toMatchObject({
      type: 'com.twilio.messaging.message.undelivered',
      data: { to: '+14155550123', errorCode: 30003, messageStatus: 'UNDELIVERED' },
    });
    expect(tested).toMatchObject({ type: 'com.twilio.eventstreams.test-event', id: ACCOUNT });
    expect(test.out).not.toContain('optout-sync optouts');
  });

  test('says that the number of --to has another owner, each time by an event of its own', async () => {
    const at = '2026-03-01T10:00:00.000Z';
    const args = ['event', 'reassigned', '--to', '+14155550123', '--at', at];
    await simulate([...args, '--count', '2']);
    const batch = events(received[0]!);
    expect(batch).toMatchObject([
      { type: 'com.twilio.messaging.reassigned-number.detected', data: { to_number: '+14155550123' } },
      { data: { is_reassigned: true, consent_updated_at: at, account_sid: ACCOUNT } },
    ]);
    expect(JSON.stringify(batch[0])).not.toContain(String(batch[1]?.data.event_id));
  });

  test('is a single object with --single, has the given messageSid, and can be forged', async () => {
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
    [['message', '--url', 'optout.example.com'], 'not an http or https URL'],
  ])('%j is a usage error', async (args, hint) => {
    expect(await simulate(args)).toMatchObject({ code: 2, error: expect.stringContaining(hint) as string });
    expect(received).toEqual([]);
  });
});

describe('studio', () => {
  test('sends a signed form with the names of the widget, empty ones included', async () => {
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

  test('sends JSON signed by the hash of its body, with an id instead of a messageSid', async () => {
    await simulate(['studio', '--as', 'json', '--kind', 'stop', '--id', 'request-1']);
    expect(JSON.parse(received[0]!.body)).toMatchObject({ kind: 'stop', id: 'request-1', messageSid: '' });
    expect(isSignedJson(received[0]!)).toBe(true);
  });

  test('sends a token and no signature for a Function, and needs no account', async () => {
    const noAccount = {
      TWILIO_ACCOUNT_SID: undefined,
      TWILIO_AUTH_TOKEN: undefined,
      STUDIO_TOKEN: 'one,two',
    };
    await simulate(['studio', '--token', '--as', 'json'], noAccount);
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
