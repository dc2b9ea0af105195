import { Agent, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { freePort } from '@optout-sync/local-runtime/process';
import { DeadLetter } from '@optout-sync/shared/dead-letters';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { messageSid, signForm, twilioMessage } from '@optout-sync/twilio-simulator';
import { encode, signedPost } from './test-support/form-request';
import { TOKEN } from './test-support/keys';
import { NO_DISK, runIngest, untilReady, type RunningIngest } from './test-support/running-ingest';

const PATH = WEBHOOK_PATHS.messages;
const REDIS_URL = process.env.TEST_REDIS_URL ?? '';

let running: RunningIngest;
const start = async (...args: Parameters<typeof runIngest> | []) => {
  running = await runIngest(args[0] ?? REDIS_URL, args[1]);
};
const startReady = async (...args: Parameters<typeof runIngest> | []) => {
  await start(...args);
  await untilReady(running);
};
afterEach(async () => {
  await running.stop();
});

const metrics = async () => (await fetch(`${running.adminUrl}/metrics`)).text();
const webhooks = async (outcome: string) => {
  const line = new RegExp(`^optout_webhooks_total{.*outcome="${outcome}".*} (\\d+)$`, 'm').exec(
    await metrics(),
  );
  return Number(line?.[1]);
};

describe('ingest', () => {
  it.each(['POST', 'GET'] as const)('enqueues a signed STOP received by %s', async (method) => {
    await startReady();
    const params = twilioMessage({ Body: 'Stop', From: '+14155550123' });
    const answer = await running.send({ params, method });
    expect(answer).toMatchObject({ status: 200, body: '<Response/>' });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/xml' });
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    const [job] = await running.queues.inbound.getWaiting();
    expect(job?.data.payload.events[0]).toMatchObject({
      messageSid: params.MessageSid,
      kind: 'stop',
      phone: '+14155550123',
    });
  });

  it('enqueues START and HELP with their kinds', async () => {
    await startReady();
    for (const Body of ['START', 'HELP']) await running.send({ params: twilioMessage({ Body }) });
    const kinds = (await running.queues.inbound.getWaiting(0, -1)).flatMap((job) =>
      job.data.payload.events.map(({ kind }) => kind),
    );
    expect(kinds.sort()).toEqual(['help', 'start']);
  });

  it('enqueues a message once, however often it is delivered', async () => {
    await startReady();
    const params = twilioMessage({ Body: 'STOP' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => running.send({ params })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await running.queues.inbound.getWaitingCount()).toBe(1);
  });

  it('counts an ordinary message and enqueues nothing', async () => {
    await startReady();
    expect((await running.send({ params: twilioMessage({ Body: 'Hello' }) })).status).toBe(200);
    expect(await webhooks('not_a_keyword')).toBe(1);
    expect(await running.queues.inbound.count()).toBe(0);
  });

  it('enqueues no forged message', async () => {
    await startReady();
    const params = twilioMessage({ Body: 'STOP' });
    const answers = [
      await running.send({ params, authToken: 'f'.repeat(32) }),
      await running.send({ params, signature: null }),
      await running.send({ params: { ...params, AccountSid: 'AC99999999999999999999999999999999' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(answers.map(({ body }) => (JSON.parse(body) as { code: string }).code)).toEqual([
      'bad_signature',
      'missing_signature',
      'unknown_account',
    ]);
    expect(await running.queues.inbound.count()).toBe(0);
    expect(await webhooks('bad_signature')).toBe(1);
  });

  it('stores an unprocessable message as one dead letter with all its parameters', async () => {
    await startReady();
    const params = { ...twilioMessage({ Body: 'STOP', MessageSid: 'odd' }), Extra: ['a', 'b'] };
    for (let i = 0; i < 2; i++) expect((await running.send({ params })).status).toBe(200);
    const [stored, ...more] = (await running.queues.deadLetters.page({ limit: 10 })).deadLetters;
    expect(more).toEqual([]);
    expect(DeadLetter.parse(stored?.deadLetter)).toMatchObject({
      stage: 'ingest',
      code: 'message_not_understood',
      undone: { type: 'raw', data: { route: 'messages', params } },
      attempts: [],
    });
    expect(await metrics()).toMatch(
      /^optout_dead_letters_total{stage="ingest",code="message_not_understood".*} 2$/m,
    );
  });

  it('accepts a webhook path in another case or with a slash at the end', async () => {
    await startReady();
    for (const path of [`${PATH}/`, PATH.toUpperCase()]) {
      const url = running.url + path;
      const answer = await running.send({ params: twilioMessage({ Body: 'STOP' }), url, connectUrl: url });
      expect(answer.status).toBe(200);
    }
    expect(await running.queues.inbound.count()).toBe(2);
  });

  it('refuses wrong methods, HEAD included, and names the right ones', async () => {
    await start();
    for (const method of ['HEAD', 'PUT', 'DELETE']) {
      const response = await fetch(running.url + PATH, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
    }
  });

  it.each([
    ['announced', false],
    ['not announced', true],
  ])('refuses a body over 64 kB that was %s', async (_, chunked) => {
    await start();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'a'.repeat(70_000);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(body));
        controller.close();
      },
    });
    const given = chunked ? { body: stream, duplex: 'half' as const } : { body };
    const response = await fetch(running.url + PATH, { method: 'POST', headers, ...given });
    expect(response.status).toBe(413);
  });

  it('accepts a GET with a long message', async () => {
    await startReady();
    const params = twilioMessage({ Body: '\u3042'.repeat(4_000) });
    expect((await running.send({ params, method: 'GET' })).status).toBe(200);
  });

  it('answers an unknown path without echoing it', async () => {
    await start();
    const response = await fetch(`${running.url}/nothing-here?x=%3Cscript%3E`);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('{"code":"not_found","message":"There is nothing here."}\n');
  });

  describe('behind a proxy', () => {
    const PUBLIC = 'https://optout.example.com';
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'optout.example.com' };
    const send = async (headers: Record<string, string> = {}, base = PUBLIC) =>
      (await running.send({ params: twilioMessage(), url: base + PATH, headers })).status;

    it('uses PUBLIC_URL, with its path', async () => {
      await start(REDIS_URL, { publicUrl: `${PUBLIC}/prefix` });
      expect(await send({}, `${PUBLIC}/prefix`)).toBe(200);
      expect(await send()).toBe(403);
    });

    it('prefers PUBLIC_URL to any header', async () => {
      await start(REDIS_URL, { publicUrl: PUBLIC, trustProxy: 1 });
      expect(await send({ 'x-forwarded-host': 'elsewhere.example.com' })).toBe(200);
    });

    it.each([[1], [['loopback']], [['127.0.0.0/8']]])(
      'uses the headers of a proxy trusted by %p',
      async (trustProxy) => {
        await start(REDIS_URL, { trustProxy });
        expect(await send(forwarded)).toBe(200);
      },
    );

    it.each([[false as const], [['10.0.0.0/8']]])(
      'ignores the headers when it trusts %p',
      async (trustProxy) => {
        await start(REDIS_URL, { trustProxy });
        expect(await send(forwarded)).toBe(403);
      },
    );
  });

  describe('without Redis', () => {
    const startWithout = async () => start(`redis://127.0.0.1:${await freePort()}`);

    it('answers 200 at once, with the message on disk', async () => {
      await startWithout();
      const startedAt = performance.now();
      expect((await running.send({ params: twilioMessage({ Body: 'STOP' }) })).status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      expect((await running.send({ params: twilioMessage() })).status).toBe(200);
      expect(await metrics()).toMatch(/^optout_spool_items{.*} 1$/m);
      expect(await metrics()).toMatch(/^optout_spool_up{.*} 1$/m);
    });

    it('is ready, and says that the spool takes the events', async () => {
      await startWithout();
      const status = async (url: string) => (await fetch(url)).status;
      expect(await status(`${running.adminUrl}/healthz`)).toBe(200);
      expect(await status(`${running.url}/healthz`)).toBe(200);
      const response = await fetch(`${running.adminUrl}/readyz`);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('they go to the spool');
    });

    describe('and without a disk', () => {
      const startWithNeither = async () => start(`redis://127.0.0.1:${await freePort()}`, NO_DISK);

      it('answers 503 to messages that must be stored, and 200 to others', async () => {
        await startWithNeither();
        const answer = await running.send({ params: twilioMessage({ Body: 'STOP' }) });
        expect(answer.status).toBe(503);
        expect(JSON.parse(answer.body)).toMatchObject({ code: 'storage_unavailable' });
        expect((await running.send({ params: twilioMessage() })).status).toBe(200);
        expect(await webhooks('storage_unavailable')).toBe(1);
        expect(await metrics()).toMatch(/^optout_spool_up{.*} 0$/m);
      });

      it('is not ready, and logs one error', async () => {
        await startWithNeither();
        for (let i = 0; i < 3; i++) expect((await fetch(`${running.adminUrl}/readyz`)).status).toBe(503);
        expect(running.logs.filter((line) => line.includes('the spool takes no events'))).toEqual([
          expect.stringMatching(/"level":50.*"code":"spool_broken"/),
        ]);
      });
    });

    it('stops', async () => {
      await startWithout();
      await running.ingest.stop();
      await expect(fetch(`${running.url}/healthz`)).rejects.toThrow();
    });
  });

  it('reports the depth of its queue', async () => {
    await startReady();
    await running.send({ params: twilioMessage({ Body: 'STOP' }) });
    expect(await metrics()).toMatch(/^optout_queue_jobs{queue="inbound-events",state="waiting".*} 1$/m);
  });

  it('logs neither phone numbers nor messages nor tokens nor signatures', async () => {
    await startReady();
    const params = twilioMessage({
      From: '+14155550123',
      To: '+15005550099',
      Body: 'STOP',
      ProfileName: 'Their Name',
    });
    await running.send({ params });
    await running.send({
      params: { ...params, MessageSid: messageSid(), Body: 'their words' },
      method: 'GET',
    });
    await running.send({ params: { ...params, MessageSid: 'odd' } });
    await running.send({ params: { ...params, From: 'whatsapp:US.4155550123' } });
    await running.send({ params, authToken: 'f'.repeat(32), method: 'GET' });
    const logs = running.logs.join('');
    expect(running.logs.filter((line) => line.includes('webhook'))).toHaveLength(5);
    expect(logs).toContain(params.MessageSid);
    expect(logs).toContain('+1415*****23');
    const signature = signedPost(params).headers['x-twilio-signature'];
    for (const secret of ['4155550123', '5005550099', 'their words', 'Their Name', TOKEN, signature]) {
      expect(logs).not.toContain(secret);
    }
  });

  it('starts once and stops once', async () => {
    await start();
    const [first, second] = await Promise.all([running.ingest.start(), running.ingest.start()]);
    expect(first).toBe(second);
    await Promise.all([running.ingest.stop(), running.ingest.stop()]);
  });

  it('releases everything when it cannot start', async () => {
    await start();
    const usedPort = Number(new URL(running.url).port);
    const adminPort = await freePort();
    await expect(runIngest(REDIS_URL, { port: usedPort, adminPort })).rejects.toThrow('EADDRINUSE');
    await expect(fetch(`http://127.0.0.1:${adminPort}/healthz`)).rejects.toThrow();
  });

  it('answers every request with success while it stops under load', async () => {
    await startReady();
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    const statuses: number[] = [];
    let stopped: Promise<void> | undefined;
    const deliverUntilRefused = async (): Promise<string> => {
      try {
        for (;;) {
          statuses.push(await post(agent, running.url + PATH, twilioMessage({ Body: 'STOP' })));
          if (statuses.length >= 200) stopped ??= running.ingest.stop();
        }
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
    };
    const ends = await Promise.all(Array.from({ length: 10 }, deliverUntilRefused));
    await stopped;
    agent.destroy();
    expect(new Set(statuses)).toEqual(new Set([200]));
    // No client was disconnected: each continued until it could not connect any more.
    expect(new Set(ends)).toEqual(new Set(['ECONNREFUSED']));
    const stored = (await running.queues.inbound.getWaiting()).flatMap(({ data }) => data.payload.events);
    expect(stored).toHaveLength(statuses.length);
  });
});

/** Delivers a message on a kept-alive connection, as a load balancer does. Returns the status. */
async function post(agent: Agent, url: string, params: Record<string, string>): Promise<number> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': signForm({ url, params, authToken: TOKEN }),
  };
  const sent = request(url, { method: 'POST', agent, headers }).end(encode(params));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}
