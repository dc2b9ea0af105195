import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { startOtlpReceiver, type OtlpReceiver } from '@optout-sync/testkit/otlp';
import { STUDIO_TOKEN, System, WEBHOOK_TOKEN, type Running } from '@optout-sync/testkit/system';
import { blockedCallback, streamFailed, streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';

jest.setTimeout(180_000);

/** What a person writes beside the keyword. */
const WORDS = 'their-very-own-words';
const PASSWORD = 'a-password-of-redis';
const PHONES = Array.from({ length: 9 }, (_, n) => `+1415557660${String(n)}`);

let system: System;
let ingest: Running;
let worker: Running;
let receiver: OtlpReceiver;
let env: Record<string, string>;
/** Answers and metrics. */
let seen = 0;
const see = (text: string): void => {
  seen += 1;
  system.mustBePrivate(text);
};

beforeAll(async () => {
  system = await System.start({ sandbox: { appRps: 0, trackRps: 0 } });
  await system.configureRedis('requirepass', PASSWORD);
  const url = new URL(system.redis.url);
  url.password = PASSWORD;
  receiver = await startOtlpReceiver();
  env = {
    LOG_LEVEL: 'debug',
    REDIS_URL: url.href,
    TWILIO_API_URL: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
  [ingest, worker] = await Promise.all([system.startIngest(env), system.startWorker(env)]);
  for (const phone of PHONES) system.sandbox.workspace().addPerson({ attributes: { phone } });
});
afterAll(async () => {
  // The search of the logs may fail.
  await system.stop().finally(() => receiver.stop());
});

const from = (n: number): string => PHONES[n] ?? '';

async function post(path: string, token: string, body: unknown): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${String(ingest.port)}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  see(await response.text());
}
const scrape = async ({ adminPort }: Pick<Running, 'adminPort'>): Promise<void> => {
  see(await (await fetch(`http://127.0.0.1:${String(adminPort)}/metrics`)).text());
};
const logged = (text: string): Promise<string> =>
  waitFor(() => system.logLines.find((line) => line.includes(text)), { what: `a log line with ${text}` });
/** Fails the searches for a phone; those of it with others too. @param times how many, by default all */
const failing = (phone: string, status: number, times?: number): void => {
  system.sandbox.fault({
    match: { operation: 'search', bodyIncludes: phone },
    effect: { kind: 'status', status, body: { meta: { error: `${phone} is not valid` } } },
    ...(times !== undefined && { times }),
  });
};

it('what people write, their numbers and our secrets are in no log line, metric, trace, answer or error', async () => {
  const says = (n: number, changes: Record<string, string> = {}) =>
    twilioMessage({ From: from(n), Body: WORDS, OptOutType: 'STOP', ProfileName: WORDS, ...changes });

  // Every route, with a message that is taken, one that means nothing, one that cannot be parsed, and a forged one.
  failing(from(0), 500, 1);
  failing(from(1), 400);
  const messages = [
    says(0),
    says(1),
    { ...says(2), OptOutType: '' },
    says(3, { MessageSid: 'SM-odd', SmsSid: 'SM-odd' }),
    says(4, { From: 'whatsapp:a-username' }),
  ];
  for (const params of messages) see((await system.deliver(ingest, params)).body);
  see((await system.deliver(ingest, says(5), { authToken: 'f'.repeat(32) })).body);
  see((await system.deliver(ingest, says(5), { method: 'GET' })).body);
  see((await system.deliver(ingest, blockedCallback({ To: from(6) }), { path: WEBHOOK_PATHS.status })).body);
  const events = [
    streamInbound({ from: from(7), body: `STOP ${WORDS}` }),
    streamInbound({ from: from(7), body: 'STOP' }),
    streamFailed({ to: from(6) }),
    {
      specversion: '1.0',
      type: 'com.twilio.messaging.inbound-message.received',
      data: { from: from(7), body: WORDS },
    },
  ];
  see((await system.deliverJson(ingest, WEBHOOK_PATHS.events, events)).body);
  await post(WEBHOOK_PATHS.studio, STUDIO_TOKEN, { from: from(8), kind: 'stop', body: WORDS });
  await post(WEBHOOK_PATHS.studio, `${STUDIO_TOKEN}-forged`, { from: from(8), body: WORDS });
  await post(WEBHOOK_PATHS.people, WEBHOOK_TOKEN, [{ phone: from(0), cio_id: 'x' }, { phone: WORDS }]);
  await post(`/webhooks/${from(8)}?Body=${WORDS}`, WEBHOOK_TOKEN, {});
  await system.settled([from(0)]);
  await logged('dead-lettered');
  await logged('attempt failed');

  // Redis is gone, asks for another password, and is back.
  await system.redis.kill('SIGSTOP');
  see((await system.deliver(ingest, says(5))).body);
  await Promise.all([ingest, worker].map(scrape));
  await system.redis.kill('SIGCONT');
  await system.settled([from(5)]);
  await Promise.all([ingest, worker].map(scrape));

  for (const args of [
    ['dlq', 'replay', 'no-such-id'],
    ['backfill', '--since', '1h'],
  ]) {
    await system.cli(args, env);
  }

  const { trackApiKey, appApiKey } = system.sandbox.workspace();
  system.hides(WORDS, PASSWORD, STUDIO_TOKEN, WEBHOOK_TOKEN, trackApiKey, appApiKey);
  await waitFor(() => receiver.spans.length > 20, { what: 'the traces' });
  for (const body of receiver.bodies) system.mustBePrivate(body);
  expect(system.logLines.length + seen).toBeGreaterThan(60);
  expect(system.leaks()).toEqual([]);
});
