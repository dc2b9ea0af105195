import { freePort } from '@optout-sync/local-runtime/process';
import { messageSid, twilioMessage } from '@optout-sync/twilio-simulator';
import { encode } from '../../test-support/form-request';
import { NO_DISK, runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
const TARGETS = ['http://127.0.0.1:9/one', 'http://127.0.0.1:9/two'];

describe('with URLs to forward to', () => {
  let running: RunningIngest;
  const start = async (redisUrl = REDIS_URL, changes = {}) => {
    running = await runIngest(redisUrl, { forwardUrls: TARGETS, ...changes });
  };
  afterEach(async () => {
    await running.stop();
  });
  const forwards = async () =>
    (await running.queues.forwards.getWaiting(0, -1)).map((job) => job.data.payload);

  it.each([
    ['a keyword', { Body: 'STOP' }],
    ['an ordinary message', { Body: 'Hello' }],
    ['an unprocessable message', { Body: 'STOP', MessageSid: 'odd' }],
  ])('forwards %s to each target once, however often it is delivered', async (_, changes) => {
    await start();
    await untilReady(running);
    const params = twilioMessage({ MessageSid: messageSid(), ...changes });
    for (let i = 0; i < 3; i++) expect((await running.send({ params })).status).toBe(200);
    const made = await forwards();
    expect(made.map(({ target }) => target).sort()).toEqual(TARGETS);
    expect(made[0]).toMatchObject({ method: 'POST', body: encode(params) });
  });

  it('forwards neither a forged message nor one that was forwarded before', async () => {
    await start();
    await untilReady(running);
    const params = twilioMessage({ Body: 'STOP' });
    expect((await running.send({ params, authToken: 'f'.repeat(32) })).status).toBe(403);
    expect((await running.send({ params, headers: { via: '1.1 optout-sync' } })).status).toBe(200);
    expect(await forwards()).toEqual([]);
    expect(await running.queues.inbound.getWaitingCount()).toBe(1);
  });

  it('refuses any message that it cannot store for forwarding', async () => {
    await start(`redis://127.0.0.1:${await freePort()}`, NO_DISK);
    expect((await running.send({ params: twilioMessage({ Body: 'Hello' }) })).status).toBe(503);
  });
});
