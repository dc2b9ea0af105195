import { freePort } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { messageSid, sendTwilioJson, sendTwilioWebhook } from '@optout-sync/twilio-simulator';
import { TOKEN } from '../../test-support/keys';
import { NO_DISK, runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
const PATH = WEBHOOK_PATHS.studio;
const BEARER = 'a-token-of-sixteen';
const CALL = { from: '+14155550101', to: '+15005550006' };

describe(`POST ${PATH}`, () => {
  let running: RunningIngest;
  const start = async (redisUrl = REDIS_URL, changes = {}) => {
    running = await runIngest(redisUrl, { studioTokens: [BEARER], ...changes });
  };
  const startReady = async () => {
    await start();
    await untilReady(running);
  };
  afterEach(async () => {
    await running.stop();
  });

  const url = () => running.url + PATH;
  const sendForm = (params: Record<string, string>) =>
    sendTwilioWebhook({ url: url(), params, authToken: TOKEN });
  const post = async (body: unknown, authorization = `Bearer ${BEARER}`) => {
    const headers = { 'content-type': 'application/json', authorization };
    const response = await fetch(url(), { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, answer: await response.json() };
  };
  const waiting = async () =>
    (await running.queues.inbound.getWaiting(0, -1)).flatMap((job) => job.data.payload.events);

  it('accepts a signed form, signed JSON and JSON with a bearer token', async () => {
    await startReady();
    const answer = await sendForm({ ...CALL, kind: 'stop', messageSid: messageSid() });
    expect([answer.status, answer.body]).toEqual([200, '{"status":"accepted","kind":"stop"}\n']);
    const body = { ...CALL, kind: 'start', id: 'FN1' };
    expect((await sendTwilioJson({ url: url(), body, authToken: TOKEN })).status).toBe(200);
    expect(await post({ ...CALL, body: 'help' })).toEqual({
      status: 200,
      answer: { status: 'accepted', kind: 'help' },
    });
    expect((await waiting()).map(({ kind, source }) => `${source} ${kind}`).sort()).toEqual([
      'studio help',
      'studio start',
      'studio stop',
    ]);
  });

  it('answers that a message without a keyword is ignored', async () => {
    await startReady();
    expect(await post({ ...CALL, body: 'Hello' })).toEqual({
      status: 200,
      answer: { status: 'ignored', kind: 'none' },
    });
    expect(await waiting()).toEqual([]);
  });

  it('treats null as missing', async () => {
    await startReady();
    const nothing = Object.fromEntries(
      ['to', 'messagingServiceSid', 'messageSid', 'body', 'optOutType', 'id', 'accountSid'].map((name) => [
        name,
        null,
      ]),
    );
    expect((await post({ from: CALL.from, kind: 'stop', ...nothing })).status).toBe(200);
    expect((await post({ ...CALL, kind: null, body: 'STOP' })).status).toBe(200);
    expect((await post({ ...CALL, kind: null, body: null })).status).toBe(400);
    expect((await waiting()).map(({ kind, sender }) => `${kind} ${sender}`).sort()).toEqual([
      `stop ${CALL.to}`,
      'stop studio',
    ]);
  });

  it('enqueues a call once when it is repeated with its id', async () => {
    await startReady();
    for (let i = 0; i < 3; i++) expect((await post({ ...CALL, kind: 'stop', id: 'FN1' })).status).toBe(200);
    expect(await waiting()).toHaveLength(1);
  });

  it.each([
    [400, 'invalid_parameters', { to: '+15005550006' }, undefined],
    [401, 'bad_token', CALL, 'Bearer of-bad-news-and-tokens'],
    [403, 'missing_signature', CALL, 'Basic dXNlcjp3b3Jk'],
    [403, 'unknown_account', { ...CALL, accountSid: 'AC9' }, undefined],
  ])('answers %i %s', async (status, code, body, authorization) => {
    await start();
    expect(await post(body, authorization)).toEqual({
      status,
      answer: expect.objectContaining({ code }) as unknown,
    });
  });

  it('stores a call with an unsupported address as a dead letter, and says so', async () => {
    await startReady();
    expect(await post({ from: 'client:bob', kind: 'stop' })).toEqual({
      status: 202,
      answer: { status: 'dead_lettered', kind: 'stop' },
    });
    const [stored] = (await running.queues.deadLetters.page({ limit: 10 })).deadLetters;
    expect(stored?.deadLetter).toMatchObject({
      code: 'unknown_channel',
      undone: { type: 'raw', data: { route: 'studio', params: { from: 'client:bob', kind: 'stop' } } },
    });
  });

  it('answers 200 while Redis is unreachable, and 503 when the disk takes nothing either', async () => {
    const unreachable = `redis://127.0.0.1:${await freePort()}`;
    await start(unreachable);
    expect((await post({ ...CALL, kind: 'stop' })).status).toBe(200);
    await running.stop();
    await start(unreachable, NO_DISK);
    expect((await post({ ...CALL, kind: 'stop' })).status).toBe(503);
  });

  it('logs neither phone numbers nor tokens nor messages', async () => {
    await startReady();
    await post({ ...CALL, kind: 'stop' });
    await post({ ...CALL, body: 'their words' });
    await post({ ...CALL, from: 'client:+14155550101', kind: 'stop' });
    await post({ ...CALL, from: ['+14155550101'] });
    await post(CALL, 'Bearer of-bad-news-and-tokens');
    expect(running.logs.filter((line) => line.includes('webhook'))).toHaveLength(5);
    expect(running.logs.join('')).not.toMatch(/4155550101|their words|of-bad-news|a-token-of/);
  });
});
