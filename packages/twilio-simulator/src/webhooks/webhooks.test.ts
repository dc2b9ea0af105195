import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks';
import { twilioMessage } from './message';
import { sendTwilioJson, sendTwilioWebhook } from './send-webhook';
import { signForm, signGet, signJson } from './signature';

const URL = 'https://optout.example.com/webhooks/twilio/inbound';
const TOKEN = '0123456789abcdef0123456789abcdef';

describe('signatures', () => {
  test('signForm yields the known signature', () => {
    const params = twilioMessage({
      MessageSid: 'SM00000000000000000000000000000001',
      From: '+14155550123',
      Body: 'Stop',
      OptOutType: 'STOP',
    });
    expect(signForm({ url: URL, params, authToken: TOKEN })).toBe('EuPXT181CBOVLs0DFSwf2NqcR5s=');
  });

  test.each([
    ['text in any script', { Body: 'Ünïcode 🛑 停止', FromCity: '' }],
    ['names that differ in case', { b: '1', B: '2', a_: '3', aB: '4' }],
    ['a repeated name', { MediaUrl: ['https://b', 'https://a', 'https://b'], Body: 'x' }],
    ['nothing', {}],
  ])("Twilio's own check accepts a form of %s", (_what, params) => {
    const signature = signForm({ url: URL, params, authToken: TOKEN });
    expect(validateRequest(TOKEN, signature, URL, params)).toBe(true);
    expect(validateRequest(TOKEN, signature, `${URL}x`, params)).toBe(false);
  });

  test("Twilio's own check accepts a GET and JSON", () => {
    const url = `${URL}?Body=It's+amazing&To=%2B1`;
    expect(validateRequest(TOKEN, signGet({ url, authToken: TOKEN }), url, {})).toBe(true);
    const body = '[{"id":"ü"}]';
    const signed = signJson({ url: URL, body, authToken: TOKEN });
    expect(validateRequestWithBody(TOKEN, signed.signature, signed.url, body)).toBe(true);
    expect(validateRequestWithBody(TOKEN, signed.signature, signed.url, `${body} `)).toBe(false);
  });

  test('the fragment with the retry settings is not signed', () => {
    const params = { Body: 'STOP' };
    expect(signForm({ url: `${URL}#rc=5&rp=all`, params, authToken: TOKEN })).toBe(
      signForm({ url: URL, params, authToken: TOKEN }),
    );
  });
});

test('each message has its own MessageSid, and undefined removes a parameter', () => {
  const [one, two] = [twilioMessage(), twilioMessage({ MessagingServiceSid: undefined, OptOutType: 'HELP' })];
  expect(one.MessageSid).toMatch(/^SM[0-9a-f]{32}$/);
  expect(one.SmsSid).toBe(one.MessageSid);
  expect(two.MessageSid).not.toBe(one.MessageSid);
  expect(one).not.toHaveProperty('OptOutType');
  expect(two).toHaveProperty('OptOutType', 'HELP');
  expect(two).not.toHaveProperty('MessagingServiceSid');
});

describe('deliveries', () => {
  let received: { method: string; url: string; headers: IncomingHttpHeaders; body: string };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received = { method: request.method!, url: request.url!, headers: request.headers, body };
      response.writeHead(200, { 'content-type': 'text/xml' }).end('<Response/>');
    });
  });
  let connectUrl: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    connectUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/inbound`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('a form post has the headers of Twilio and is signed for the public URL', async () => {
    const params = twilioMessage({ Body: 'Stop it & más' });
    const answer = await sendTwilioWebhook({ url: URL, params, authToken: TOKEN, connectUrl });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: '<Response/>',
    });
    expect(received).toMatchObject({ method: 'POST', url: '/inbound' });
    expect(received.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'user-agent': 'TwilioProxy/1.1',
      'x-home-region': 'us1',
      'i-twilio-idempotency-token': expect.any(String) as string,
    });
    const arrived = Object.fromEntries(new URLSearchParams(received.body));
    expect(arrived).toEqual(params);
    expect(validateRequest(TOKEN, received.headers['x-twilio-signature'] as string, URL, arrived)).toBe(true);
  });

  test('a GET has its parameters in the signed URL', async () => {
    const params = { Body: 'Stop', To: '+15005550006' };
    await sendTwilioWebhook({ url: `${URL}?a=1`, params, authToken: TOKEN, connectUrl, method: 'GET' });
    expect(received).toMatchObject({ method: 'GET', url: '/inbound?Body=Stop&To=%2B15005550006', body: '' });
    const signed = `${URL}?a=1&Body=Stop&To=%2B15005550006`;
    expect(validateRequest(TOKEN, received.headers['x-twilio-signature'] as string, signed, {})).toBe(true);
  });

  test('the signature can be replaced or omitted, and headers can be replaced', async () => {
    const forged = { url: URL, params: {}, authToken: TOKEN, connectUrl, headers: { 'user-agent': 'curl' } };
    await sendTwilioWebhook({ ...forged, signature: 'nope' });
    expect(received.headers).toMatchObject({ 'x-twilio-signature': 'nope', 'user-agent': 'curl' });
    await sendTwilioWebhook({ ...forged, signature: null });
    expect(received.headers).not.toHaveProperty('x-twilio-signature');
  });

  test('a JSON post carries the hash of its body', async () => {
    await sendTwilioJson({ url: URL, body: [{ id: 'é' }], authToken: TOKEN, connectUrl });
    const query = received.url.slice('/inbound'.length);
    expect(query).toMatch(/^\?bodySHA256=[0-9a-f]{64}$/);
    const signature = received.headers['x-twilio-signature'] as string;
    expect(validateRequestWithBody(TOKEN, signature, `${URL}${query}`, received.body)).toBe(true);
  });

  test('an unreachable URL is an error', async () => {
    await expect(
      sendTwilioWebhook({ url: 'http://127.0.0.1:1/', params: {}, authToken: TOKEN }),
    ).rejects.toThrow('ECONNREFUSED');
  });
});
