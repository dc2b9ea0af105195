import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { AUTH_TOKEN, PUBLIC_URL, System, type Running } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID,
  messageSid,
  sendTwilioWebhook,
  signForm,
  streamInbound,
  twilioMessage,
} from '@optout-sync/twilio-simulator';

jest.setTimeout(180_000);

const { messages: MESSAGES, events: EVENTS } = WEBHOOK_PATHS;
const PERSON = '+14155550171';

let system: System;
let ingest: Running;
beforeAll(async () => {
  system = await System.start();
  [ingest] = await Promise.all([system.startIngest({ LOG_LEVEL: 'debug' }), system.startWorker()]);
  system.sandbox.workspace().addPerson({ attributes: { phone: PERSON } });
});
afterEach(async () => {
  await system.queues.deadLetters.discard({});
});
afterAll(async () => {
  await system.stop();
});

const SYNTAX = [
  `]]; redis.call('FLUSHALL') --`,
  `'..redis.call("KEYS","*")..'`,
  '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n',
  '+14155550171\r\nFLUSHALL\r\n',
  '{}*?[a-z]:ledger:{',
  '${process.exit(1)}{{7*7}}%s%n',
  '__proto__',
  '\u0000\u202e\ufeff',
];
const deadLetters = async () =>
  (await system.queues.deadLetters.page({ limit: 10 })).deadLetters.map(({ deadLetter }) => deadLetter);

describe('hostile content with a valid signature', () => {
  it.each([...SYNTAX, '+1415555O171', '+', `+${'1'.repeat(200)}`, '-1', '1e99'])(
    'the phone %j becomes a dead letter',
    async (From) => {
      const stop = twilioMessage({ From, OptOutType: 'STOP', MessagingServiceSid: undefined });
      expect((await system.deliver(ingest, stop)).status).toBe(200);
      const [deadLetter, ...others] = await deadLetters();
      expect(deadLetter).toMatchObject({
        code: expect.stringMatching(/^(not_a_phone_number|unknown_channel)$/) as string,
        undone: { type: 'raw', data: { params: { From } } },
      });
      expect(others).toEqual([]);
    },
  );

  it('a sender is a plain name, whatever syntax it contains', async () => {
    const before = (await system.entry(PERSON))?.history.length ?? 0;
    for (const To of SYNTAX) {
      const stop = twilioMessage({ From: PERSON, To, OptOutType: 'STOP', MessagingServiceSid: undefined });
      expect((await system.deliver(ingest, stop)).status).toBe(200);
    }
    await system.settled([PERSON], before + SYNTAX.length);
    const entry = await system.entry(PERSON);
    expect([...(entry?.senders.keys() ?? [])].sort()).toEqual([...SYNTAX].sort());
    expect(system.attribute(PERSON)).toEqual([true]);
    expect(await deadLetters()).toEqual([]);
  });

  it.each([
    ['a MessageSid with syntax', { MessageSid: `SM${"'".repeat(32)}` }],
    ['no From', { From: undefined }],
    ['a sender of 60 kB', { To: 'x'.repeat(60_000), MessagingServiceSid: undefined }],
  ])('%s becomes a dead letter', async (_, params) => {
    const stop = twilioMessage({ From: PERSON, OptOutType: 'STOP', ...params });
    expect((await system.deliver(ingest, stop)).status).toBe(200);
    expect(await deadLetters()).toMatchObject([{ code: 'message_not_understood' }]);
  });

  it('a body of any content is classified and not stored', async () => {
    for (const Body of [...SYNTAX, 'STOP '.repeat(10_000), 'a'.repeat(60_000), '\u0301'.repeat(9_000)]) {
      const answer = await system.deliver(ingest, twilioMessage({ From: PERSON, Body }));
      expect(answer).toMatchObject({ status: 200 });
    }
    expect(await deadLetters()).toEqual([]);
  });

  it.each([
    ['a time beyond the range of Date', '"timestamp":"+275760-09-13T00:00:00.001Z"'],
    ['a time that is an infinite number', '"timestamp":1e999'],
    ['a time before the range of Date', '"timestamp":"-271821-04-20T00:00:00.000Z"'],
    ['keys named after prototypes', '"__proto__":{"from":"x"},"constructor":{"prototype":{"a":1}}'],
    ['a key twice', '"from":"rubbish","from":"+14155550172"'],
    ['a value nested 10,000 deep', `"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ])('an event with %s is recorded once, with a plausible time', async (_, field) => {
    const [sid, phone] = [messageSid(), '+14155550172'];
    const event = streamInbound({ messageSid: sid, from: phone, optOutType: 'STOP', timestamp: undefined });
    const body = JSON.stringify([event]).replace('"eventName"', `${field},"eventName"`);
    expect((await system.deliverJson(ingest, EVENTS, body)).status).toBe(200);
    await waitFor(async () => (await system.entry(phone))?.history.some((one) => one.messageSid === sid), {
      what: 'the event in the ledger',
    });
    const entry = await system.entry(phone);
    const recorded = entry?.history.find((one) => one.messageSid === sid);
    expect(Math.abs((recorded?.occurredAt ?? 0) - Date.now())).toBeLessThan(400 * 86_400_000);
  });

  it('JSON too deep to be serialised again is rejected, without an effect on other requests', async () => {
    const deep = `[{"type":"com.twilio.messaging.inbound-message.received","data":{"accountSid":"${TWILIO_ACCOUNT_SID}","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}}]`;
    expect(await system.deliverJson(ingest, EVENTS, deep)).toMatchObject({ status: 503 });
    expect(await deadLetters()).toEqual([]);
    expect((await system.deliver(ingest, twilioMessage({ From: PERSON, Body: 'Hello' }))).status).toBe(200);
  });

  it('does not affect other messages and leaves nothing in the logs', async () => {
    const From = '+14155550173';
    system.sandbox.workspace().addPerson({ attributes: { phone: From } });
    await system.deliver(ingest, twilioMessage({ From, OptOutType: 'STOP' }));
    await system.settled([From]);
    expect(system.attribute(From)).toEqual([true]);
    expect(await system.metric('optout_events_total', 'outcome="dead_lettered"')).toBe(0);
    const log = system.logLines.join('\n');
    for (const secret of ['redis.call', 'FLUSHALL', '41555501', 'process.exit', 'aaaaaaaa']) {
      expect(log).not.toContain(secret);
    }
    for (const line of system.logLines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });
});

describe('a signature that is used again', () => {
  const sendAs = (original: Record<string, string>, params: Record<string, string>, path = MESSAGES) =>
    sendTwilioWebhook({
      url: PUBLIC_URL + path,
      connectUrl: `http://127.0.0.1:${String(ingest.port)}${path}`,
      params,
      authToken: AUTH_TOKEN,
      headers: {
        'x-twilio-signature': signForm({ url: PUBLIC_URL + path, params: original, authToken: AUTH_TOKEN }),
      },
    });

  it('for the same text in other parameters opts nobody in, and leaves one dead letter', async () => {
    const victim = '+14155550174';
    system.sandbox.workspace().addPerson({ attributes: { phone: victim } });
    expect((await system.deliver(ingest, twilioMessage({ From: victim, OptOutType: 'STOP' }))).status).toBe(
      200,
    );
    await system.settled([victim]);
    const before = await system.entry(victim);

    const original = twilioMessage({ From: '+14155550199', Body: `STARTFrom${victim}` });
    const forged = { ...original, Body: 'START', From: victim, [`From${original.From!}`]: '' };
    for (const params of [forged, original, forged]) {
      expect((await sendAs(original, params)).status).toBe(200);
    }
    expect(await deadLetters()).toMatchObject([{ code: 'message_ambiguous' }]);
    // A message that is applied afterwards shows that nothing of them was under way.
    const after = '+14155550175';
    await system.deliver(ingest, twilioMessage({ From: after, OptOutType: 'STOP' }));
    await system.settled([after]);
    expect(await system.entry(victim)).toEqual(before);
    expect(system.attribute(victim)).toEqual([true]);
  });

  it('with SIDs that differ opts nobody in, and opts out with a trace', async () => {
    const [person, another] = ['+14155550176', '+14155550177'];
    const start = twilioMessage({ From: person, OptOutType: 'START', SmsSid: messageSid() });
    const stop = twilioMessage({ From: another, OptOutType: 'STOP', SmsMessageSid: messageSid() });
    for (const params of [start, stop]) expect((await system.deliver(ingest, params)).status).toBe(200);
    await system.settled([another]);
    expect(await system.entry(person)).toBeUndefined();
    expect(await deadLetters()).toMatchObject([{ code: 'message_sids_differ' }]);
    expect(await system.metric('optout_sid_mismatches_total', 'route="messages"')).toBe(1);
    expect(system.logLines.filter((line) => line.includes('"code":"sid_mismatch"'))).toHaveLength(1);
  });
});

describe('the path that Twilio calls', () => {
  it('may have repeated slashes; any other wrong one is counted and logged with what it should be', async () => {
    expect(
      (await system.deliver(ingest, twilioMessage(), { path: `/${MESSAGES.replaceAll('/', '//')}/` })).status,
    ).toBe(200);
    const wrong = '/twilio/message';
    expect((await system.deliver(ingest, twilioMessage(), { path: wrong })).status).toBe(404);
    expect(await system.metric('optout_signed_requests_astray_total')).toBe(1);
    expect(await system.metric('optout_unknown_paths_total')).toBeGreaterThanOrEqual(1);
    const line = system.logLines.find((each) => each.includes('"code":"unknown_path"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ path: wrong, expected: MESSAGES });
  });
});

describe('without a trusted proxy and without PUBLIC_URL', () => {
  it('a signature is valid only for the host and protocol that were called', async () => {
    const bare = await system.startIngest({ PUBLIC_URL: '' });
    const direct = `127.0.0.1:${String(bare.port)}`;
    const send = async (signedFor: string, headers: Record<string, string>): Promise<number | undefined> => {
      const params = twilioMessage({ Body: 'Hello' });
      const body = new URLSearchParams(params).toString();
      const sent = request({
        host: '127.0.0.1',
        port: bare.port,
        path: MESSAGES,
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': signForm({ url: signedFor + MESSAGES, params, authToken: AUTH_TOKEN }),
          ...headers,
        },
      }).end(body);
      return new Promise((resolve, reject) => {
        sent.on('error', reject).on('response', (response) => {
          void text(response).then(() => resolve(response.statusCode));
        });
      });
    };
    expect(await send(`http://${direct}`, {})).toBe(200);
    const claims = {
      'x-forwarded-host': 'optout.example.com',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '127.0.0.1',
      forwarded: 'host=optout.example.com;proto=https',
    };
    expect(await send('https://optout.example.com', claims)).toBe(403);
    expect(await send('https://optout.example.com', { ...claims, host: 'optout.example.com' })).toBe(403);
    expect(await send(`https://${direct}`, { 'x-forwarded-proto': 'https' })).toBe(403);
    // Forwarded headers do not invalidate a valid signature either.
    expect(await send(`http://${direct}`, claims)).toBe(200);
  });
});
