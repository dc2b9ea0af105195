import { freePort } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { IntakeClient } from '@optout-sync/shared/config';
import { TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID } from '@optout-sync/twilio-simulator';
import { metricOf } from '../../test-support/metrics';
import { NO_DISK, runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
const PATH = WEBHOOK_PATHS.optouts;
const [DESK, FORM] = ['a-token-of-the-desk', 'a-token-of-the-form'];
const PHONE = '+14155550123';
const STOP = { id: '4711', phone: PHONE, kind: 'stop' };
const client = (name: string, token: string, kinds: IntakeClient['kinds']): IntakeClient => ({
  name,
  tokens: [token],
  kinds,
  accountSid: TWILIO_ACCOUNT_SID,
  senders: [TWILIO_MESSAGING_SERVICE_SID],
});

describe(`POST ${PATH}`, () => {
  let running: RunningIngest;
  const start = async (redisUrl = REDIS_URL, changes = {}) => {
    const intake = [client('helpdesk', DESK, ['stop']), client('form', FORM, ['stop', 'start'])];
    running = await runIngest(redisUrl, { intake, ...changes });
  };
  const startReady = async () => {
    await start();
    await untilReady(running);
  };
  afterEach(async () => {
    await running.stop();
  });

  const post = async (body: unknown, token: string | null = DESK, headers: Record<string, string> = {}) => {
    const response = await fetch(running.url + PATH, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, answer, retryAfter: response.headers.get('retry-after') };
  };
  const waiting = async () =>
    (await running.queues.inbound.getWaiting(0, -1)).flatMap((job) => job.data.payload.events);

  it('enqueues what the system of the token reports', async () => {
    await startReady();
    const { status, answer } = await post({ ...STOP, source: 'zendesk' });
    const [event, ...others] = await waiting();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      ...{ kind: 'stop', phone: PHONE, source: 'manual', reason: 'api' },
      ...{ by: 'intake helpdesk', why: 'zendesk', accountSid: TWILIO_ACCOUNT_SID },
    });
    expect({ status, answer }).toEqual({
      status: 202,
      answer: { status: 'accepted', accepted: 1, messageSids: [event?.messageSid] },
    });
    const optIn = { ...STOP, kind: 'start', at: new Date().toISOString() };
    expect((await post(optIn, FORM)).status).toBe(202);
    expect((await waiting()).map(({ kind, by }) => `${kind} ${String(by)}`)).toEqual([
      'stop intake helpdesk',
      'start intake form',
    ]);
  });

  it('accepts 1,000 opt-outs in one request', async () => {
    await startReady();
    const items = Array.from({ length: 1_000 }, (_, n) => ({
      ...STOP,
      phone: `+1415555${String(1_000 + n)}`,
    }));
    expect(await post(items)).toMatchObject({ status: 202, answer: { accepted: 1_000 } });
    expect((await waiting()).map(({ phone }) => phone)).toEqual(items.map(({ phone }) => phone));
    expect(await post([])).toMatchObject({ status: 202, answer: { accepted: 0 } });
  });

  it('enqueues a request once that is repeated with its id, also at the same moment', async () => {
    await startReady();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(STOP)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ answer }) => String(answer.messageSids))).size).toBe(1);
    expect(new Set((await waiting()).map(({ messageSid }) => messageSid)).size).toBe(1);
  });

  it.each([
    [
      'items that are not valid',
      [STOP, { ...STOP, phone: '415 555 0123' }, { ...STOP, kind: 'start' }],
      400,
      {
        code: 'invalid_optouts',
        count: 2,
        errors: [
          {
            index: 1,
            field: 'phone',
            code: 'phone_invalid',
            message: expect.stringContaining('country code') as string,
          },
          { index: 2, field: 'kind', code: 'kind_not_allowed', message: expect.any(String) as string },
        ],
      },
    ],
    ['more than 1,000 opt-outs', Array(1_001).fill(STOP), 413, { code: 'too_many_optouts' }],
    ['no JSON', '{"phone":', 400, { code: 'malformed_body' }],
    [
      'a large body',
      JSON.stringify({ ...STOP, note: 'x'.repeat(1024 * 1024) }),
      413,
      { code: 'body_too_large' },
    ],
  ])('refuses %s as a whole', async (_, body, status, answer) => {
    await startReady();
    expect(await post(body)).toMatchObject({ status, answer });
    expect(await waiting()).toEqual([]);
  });

  it('names at most 100 errors, and counts all', async () => {
    await start();
    const { answer } = await post(Array(1_000).fill({ phone: 'x' }));
    expect(answer.count).toBe(1_000);
    expect(answer.errors).toHaveLength(100);
  });

  it.each([
    ['no token', null],
    ['another token', 'a-token-of-nobody'],
    ['an empty token', ''],
    ['a part of a token', DESK.slice(0, -1)],
  ])('answers 401 with %s, before the body is read', async (_, token) => {
    await start();
    expect(await post('not JSON', token)).toMatchObject({ status: 401, answer: { code: 'bad_token' } });
  });

  it('answers 404 where no system is configured', async () => {
    await start(REDIS_URL, { intake: [] });
    expect(await post(STOP)).toMatchObject({ status: 404, answer: { code: 'webhook_not_configured' } });
  });

  it('answers 405 and 415 to what is not a POST of JSON', async () => {
    await start();
    const get = await fetch(running.url + PATH);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const form = await post('phone=1', DESK, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form).toMatchObject({ status: 415, answer: { code: 'unsupported_media_type' } });
  });

  it('answers 429 to a system that reports too much, and goes on with the others', async () => {
    await startReady();
    const items = Array(1_000).fill(STOP);
    for (let n = 0; n < 6; n++) expect((await post(items)).status).toBe(202);
    const refused = await post(STOP);
    expect(refused).toMatchObject({ status: 429, answer: { code: 'rate_limited' } });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(60);
    expect((await post(STOP, FORM)).status).toBe(202);
  });

  it('spools while Redis is down, and answers 503 where the disk fails too', async () => {
    const unreachable = `redis://127.0.0.1:${String(await freePort())}`;
    await start(unreachable);
    expect((await post(STOP)).status).toBe(202);
    expect(await metricOf(running, 'optout_spool_items', {})).toBe(1);
    await running.stop();
    await start(unreachable, NO_DISK);
    expect(await post(STOP)).toMatchObject({ status: 503, answer: { code: 'storage_unavailable' } });
  });

  it('logs neither phones nor tokens nor what was said', async () => {
    await startReady();
    await post({ ...STOP, reference: 'their-ticket', note: 'their words' });
    await post([STOP, { ...STOP, id: '2' }]);
    await post({ ...STOP, phone: 'x 4155550123', note: 'their words' });
    await post({ ...STOP, secret4155550123: 1 });
    await post(STOP, 'a-token-of-nobody');
    const lines = running.logs.filter((line) => line.includes('"route":"optouts"'));
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(running.logs.join('')).not.toMatch(/4155550123|their|a-token-of/);
    expect(lines.join('')).toContain('"client":"helpdesk"');
  });
});
