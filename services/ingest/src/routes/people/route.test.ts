import { freePort } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { PeopleChange } from '@optout-sync/shared/queues';
import { metricOf } from '../../test-support/metrics';
import { NO_DISK, runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
const PATH = WEBHOOK_PATHS.people;
const [SHOP, BANK] = ['a-token-of-the-shop', 'a-token-of-the-bank'];
const PHONE = '+14155550123';

describe(`POST ${PATH}`, () => {
  let running: RunningIngest;
  const start = async (redisUrl = REDIS_URL, changes = {}) => {
    const webhookTokens = [
      { workspace: 'shop', tokens: [SHOP, `${SHOP}-next`] },
      { workspace: 'bank', tokens: [BANK] },
    ];
    running = await runIngest(redisUrl, { webhookTokens, ...changes });
  };
  const startReady = async () => {
    await start();
    await untilReady(running);
  };
  afterEach(async () => {
    await running.stop();
  });

  const post = async (body: unknown, token: string | null = SHOP, headers: Record<string, string> = {}) => {
    const response = await fetch(running.url + PATH, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, answer: await response.json() };
  };
  const waiting = async (): Promise<PeopleChange[]> =>
    (await running.queues.people.getWaiting(0, -1)).map((job) => job.data.payload);
  const ACCEPTED = { status: 202, answer: { status: 'accepted' } };

  it('enqueues a person for the workspace that the token names', async () => {
    await startReady();
    expect(await post({ phone: PHONE, cio_id: 'a1', previous_phone: '+14155550199' })).toEqual(ACCEPTED);
    expect(await post({ phone: PHONE }, BANK)).toEqual(ACCEPTED);
    expect(await post({ phone: PHONE }, `${SHOP}-next`)).toEqual(ACCEPTED);
    expect((await waiting()).map(({ workspace, people }) => ({ workspace, people }))).toEqual([
      { workspace: 'shop', people: [{ phone: PHONE, cioId: 'a1', previousPhone: '+14155550199' }] },
      { workspace: 'bank', people: [{ phone: PHONE }] },
      { workspace: 'shop', people: [{ phone: PHONE }] },
    ]);
  });

  it('divides 1,000 people into jobs of 100', async () => {
    await startReady();
    const people = Array.from({ length: 1_000 }, (_, n) => ({ phone: `+1415555${String(1_000 + n)}` }));
    expect(await post(people)).toEqual(ACCEPTED);
    const changes = await waiting();
    expect(changes.map((change) => change.people.length)).toEqual(Array(10).fill(100));
    expect(changes.flatMap((change) => change.people)).toEqual(people);
  });

  it('answers the same for a person without a usable number, counts it, and enqueues nothing', async () => {
    await startReady();
    expect(await post([{ phone: 'none' }, { phone: '' }])).toEqual(ACCEPTED);
    expect(await post([])).toEqual(ACCEPTED);
    expect(await waiting()).toEqual([]);
    const labels = { workspace: 'shop', result: 'not_a_phone_number' };
    expect(await metricOf(running, 'optout_people_received_total', labels)).toBe(2);
    expect(await metricOf(running, 'optout_webhooks_total', { route: 'people', outcome: 'ignored' })).toBe(2);
    expect(running.logs.filter((line) => line.includes('people without a usable phone number'))).toHaveLength(
      1,
    );
  });

  it.each([
    ['an item of another form', [{ phone: PHONE }, 7], 400, { code: 'invalid_people', wrong: '1' }],
    ['more than 1,000 people', Array(1_001).fill({ phone: PHONE }), 413, { code: 'too_many_people' }],
    ['no JSON', '{"phone":', 400, { code: 'malformed_body' }],
    [
      'a large body',
      JSON.stringify({ phone: PHONE, note: 'x'.repeat(1024 * 1024) }),
      413,
      { code: 'body_too_large' },
    ],
  ])('rejects %s as a whole', async (_, body, status, answer) => {
    await startReady();
    expect(await post(body)).toMatchObject({ status, answer });
    expect(await waiting()).toEqual([]);
  });

  it.each([
    ['no token', null],
    ['another token', 'a-token-of-nobody'],
    ['an empty token', ''],
    ['a part of a token', SHOP.slice(0, -1)],
  ])('answers 401 with %s, before the body is read, and logs no token', async (_, token) => {
    await startReady();
    expect(await post('not JSON', token)).toMatchObject({ status: 401, answer: { code: 'bad_token' } });
    const basic = await post('x', null, { authorization: `Basic ${SHOP}` });
    expect(basic).toMatchObject({ status: 401, answer: { code: 'bad_token' } });
    expect(running.logs.join()).not.toContain('a-token-of');
  });

  it('answers 404 where no token is configured', async () => {
    await start(REDIS_URL, { webhookTokens: [] });
    expect(await post({ phone: PHONE })).toMatchObject({
      status: 404,
      answer: { code: 'webhook_not_configured' },
    });
  });

  it('answers 405 and 415 to what is not a POST of JSON', async () => {
    await start();
    const get = await fetch(running.url + PATH);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const form = await post('phone=1', SHOP, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form).toMatchObject({ status: 415, answer: { code: 'unsupported_media_type' } });
  });

  it('spools while Redis is down, and answers 503 where the disk fails too', async () => {
    const unreachable = `redis://127.0.0.1:${String(await freePort())}`;
    await start(unreachable);
    expect(await post({ phone: PHONE })).toEqual(ACCEPTED);
    expect(await metricOf(running, 'optout_spool_items', {})).toBe(1);
    await running.stop();
    await start(unreachable, NO_DISK);
    expect(await post({ phone: PHONE })).toMatchObject({
      status: 503,
      answer: { code: 'storage_unavailable' },
    });
  });
});
