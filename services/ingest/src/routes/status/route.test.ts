import { freePort } from '@optout-sync/local-runtime/process';
import { SEND_UNCERTAINTY_MS, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { blockedCallback, sendTwilioWebhook } from '@optout-sync/twilio-simulator';
import { TOKEN } from '../../test-support/keys';
import { metricOf } from '../../test-support/metrics';
import { NO_DISK, runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

const STATUS_PATH = WEBHOOK_PATHS.status;
const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
const DELIVERED = { MessageStatus: 'delivered', ErrorCode: undefined };

describe(`POST ${STATUS_PATH}`, () => {
  let running: RunningIngest;
  const start = async (redisUrl = REDIS_URL, changes = {}) => {
    running = await runIngest(redisUrl, changes);
  };
  const startReady = async () => {
    await start();
    await untilReady(running);
  };
  afterEach(async () => {
    await running.stop();
  });

  const send = (
    params: Record<string, string>,
    changes: Partial<Parameters<typeof sendTwilioWebhook>[0]> = {},
  ) => sendTwilioWebhook({ url: running.url + STATUS_PATH, params, authToken: TOKEN, ...changes });
  const outcomes = (outcome: string) =>
    metricOf(running, 'optout_webhooks_total', { route: 'status', outcome });

  it('stores a blocked message as an opt-out once, however often it is reported', async () => {
    await startReady();
    const params = blockedCallback({ To: '+14155550123' });
    for (const MessageStatus of ['failed', 'undelivered']) {
      expect(await send({ ...params, MessageStatus })).toMatchObject({ status: 204, body: '' });
    }
    const jobs = await running.queues.inbound.getPrioritized();
    expect(jobs).toHaveLength(1);
    const event = jobs[0]!.data.payload.events[0]!;
    expect(event).toMatchObject({ kind: 'stop', source: 'status_callback', phone: '+14155550123' });
    expect(event.orderAt).toBe(event.occurredAt - SEND_UNCERTAINTY_MS);
    expect(await outcomes('accepted')).toBe(2);
  });

  it('answers any other callback without Redis and without a signature check', async () => {
    await start(`redis://127.0.0.1:${await freePort()}`);
    const answers = [
      await send(blockedCallback(DELIVERED)),
      await send(blockedCallback(DELIVERED), { method: 'GET' }),
      await send(blockedCallback({ ErrorCode: '30003' }), { signature: null }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(answers[0]?.headers).not.toHaveProperty('content-length');
    expect(await outcomes('ignored')).toBe(3);
    const ignored = (code: string) =>
      metricOf(running, 'optout_send_errors_ignored_total', { route: 'status', code });
    expect([await ignored('30003'), await ignored('other')]).toEqual([1, 0]);
    await send(blockedCallback({ ErrorCode: '39999' }));
    expect(await ignored('other')).toBe(1);
    expect((await send(blockedCallback())).status).toBe(204);
    expect(await metricOf(running, 'optout_spool_items', {})).toBe(1);
  });

  it('answers 503 when neither Redis nor the disk takes a blocked message', async () => {
    await start(`redis://127.0.0.1:${await freePort()}`, NO_DISK);
    expect((await send(blockedCallback())).status).toBe(503);
  });

  it.each([
    ['forged', { authToken: 'f'.repeat(32) }, 'bad_signature'],
    ['unsigned', { signature: null }, 'missing_signature'],
  ])('refuses a blocked message that is %s', async (_, changes, code) => {
    await startReady();
    const answer = await send(blockedCallback(), changes);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([403, expect.objectContaining({ code })]);
    expect(await running.queues.inbound.count()).toBe(0);
  });

  it('refuses a wrong method and a body that is too large', async () => {
    await start();
    const url = running.url + STATUS_PATH;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405);
    expect((await fetch(url, { method: 'POST', headers, body: 'a'.repeat(70_000) })).status).toBe(413);
  });

  it('stores a blocked message to an unsupported address once, however often it is reported', async () => {
    await startReady();
    const params = blockedCallback({ To: 'whatsapp:US.123' });
    expect((await send(params)).status).toBe(204);
    expect((await send(params)).status).toBe(204);
    const [stored, ...others] = (await running.queues.deadLetters.page({ limit: 10 })).deadLetters;
    expect(others).toEqual([]);
    expect(stored?.deadLetter).toMatchObject({
      code: 'not_a_phone_number',
      undone: {
        type: 'raw',
        data: { route: 'status', params, unresolved: { kind: 'stop', orderedBefore: 36_000_000 } },
      },
    });
  });

  it('logs no line for ignored callbacks, and no phone number for others', async () => {
    await startReady();
    await send(blockedCallback(DELIVERED));
    await send(blockedCallback());
    expect(
      running.logs.filter((line) => line.includes('"outcome":"ignored"') && !line.includes('"level":20')),
    ).toEqual([]);
    expect(running.logs.join('')).not.toContain('4155550101');
  });
});
