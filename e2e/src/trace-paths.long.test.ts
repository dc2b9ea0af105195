import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '@optout-sync/testkit/otlp';
import { AUTH_TOKEN, PUBLIC_URL, System, WEBHOOK_TOKEN, type Running } from '@optout-sync/testkit/system';
import {
  TWILIO_ACCOUNT_SID,
  TWILIO_MESSAGING_SERVICE_SID,
  startTwilioApi,
  twilioMessage,
} from '@optout-sync/twilio-simulator';

jest.setTimeout(180_000);

let receiver: OtlpReceiver;
let system: System;
let phones: readonly string[];

async function start(env: Record<string, string> = {}): Promise<void> {
  receiver = await startOtlpReceiver();
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '100' };
  system = await System.start({ env: { ...traces, ...env } });
  phones = Array.from({ length: 6 }, (_, n) => `+141555574${String(10 + n)}`);
  for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
}
afterEach(async () => {
  for (const body of receiver.bodies) system.mustBePrivate(body);
  // The search of the logs may fail.
  await system.stop().finally(() => receiver.stop());
});

async function post(ingest: Running, path: string, token: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const url = `http://127.0.0.1:${String(ingest.port)}${path}`;
  expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).ok).toBe(true);
}

const phoneOf = (n: number): string => phones[n] ?? '';
const named = (name: string) => receiver.spans.filter((span) => span.name === name);
/** The spans of a trace, each with the names of those above it, from the root. */
const paths = (traceId: string) => {
  const ofTrace = receiver.spans.filter((span) => span.traceId === traceId);
  const path = ({ name, parentSpanId }: ReceivedSpan): string => {
    const parent = ofTrace.find(({ spanId }) => spanId === parentSpanId);
    return parent ? `${path(parent)} > ${name}` : name;
  };
  return ofTrace.map(path);
};
/** Waits for the paths of the only trace of a webhook. */
const untilTraced = (webhook: string, expected: readonly string[]) =>
  waitFor(
    () => {
      const [span] = named(webhook);
      const found = span ? paths(span.traceId) : [];
      return expected.every((path) => found.includes(path));
    },
    { what: `the spans ${expected.join(', ')}`, timeoutMs: 30_000 },
  ).catch((error: unknown) => {
    throw new Error(
      named(webhook)
        .flatMap(({ traceId }) => paths(traceId))
        .join('\n'),
      { cause: error },
    );
  });
const lines = (message: string) =>
  system.logLines
    .filter((line) => line.includes(`"${message}"`))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

describe('a trace', () => {
  it('goes on to every optional destination and to a forward target', async () => {
    const twilio = await startTwilioApi({ [TWILIO_ACCOUNT_SID]: AUTH_TOKEN });
    const key = { sid: `SK${'1'.repeat(32)}`, secret: 'secret-of-the-key', accountSid: TWILIO_ACCOUNT_SID };
    twilio.addKey(key);
    const headers: unknown[] = [];
    const target = createServer((request, response) => {
      headers.push(request.headers);
      request.resume().on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    await start({
      LINK_KEY: 'ab'.repeat(32),
      TWILIO_CONSENTS: 'true',
      TWILIO_API_KEY: key.sid,
      TWILIO_API_SECRET: key.secret,
      TWILIO_API_URL: twilio.url,
      CUSTOMERIO_NATIVE_OPTOUTS: 'true',
      CUSTOMERIO_EVENTS: 'true',
      FORWARD_URLS: `http://127.0.0.1:${String((target.address() as AddressInfo).port)}/in?secret=of-the-target`,
    });
    const [ingest] = await Promise.all([system.startIngest(), system.startWorker()]);
    try {
      const params = twilioMessage({ From: phoneOf(0), Body: 'STOP', OptOutType: undefined });
      await system.deliver(ingest, params);
      await untilTraced('webhook messages', [
        'webhook messages > job customerio-native > customerio optouts',
        'webhook messages > job customerio-events > wait for events > customerio events',
        'webhook messages > job twilio-consents',
        'webhook messages > job forwards > forward',
      ]);
      // Twilio has blocked a keyword itself, and nobody who pressed the button of a link.
      const made = await system.cli(['link', phoneOf(1), '--sender', TWILIO_MESSAGING_SERVICE_SID]);
      const link = made.out.trim().slice(PUBLIC_URL.length);
      await fetch(`http://127.0.0.1:${String(ingest.port)}${link}`, { method: 'POST' });
      await untilTraced('webhook link', [
        'webhook link > job twilio-consents > wait for consents > twilio consents',
      ]);
    } finally {
      target.close();
      await twilio.stop();
    }
  });

  it('goes on from the webhook of people to the comparison', async () => {
    await start();
    const [ingest] = await Promise.all([system.startIngest(), system.startWorker()]);
    await system.deliver(ingest, twilioMessage({ From: phoneOf(0), OptOutType: 'STOP' }));
    await system.settled([phoneOf(0)], 1);
    const cioId = system.sandbox.workspace().addPerson({ attributes: { phone: phoneOf(0) } });
    await post(ingest, WEBHOOK_PATHS.people, WEBHOOK_TOKEN, { phone: phoneOf(0), cio_id: cioId });
    await untilTraced('webhook people', [
      'webhook people > job people-changes',
      'webhook people > job customerio-sync',
    ]);
  });

  it('is that of its own message, also where many are searched for together and told apart later', async () => {
    await start({ CUSTOMERIO_APP_RPS: '2' });
    const [ingest] = await Promise.all([system.startIngest(), system.startWorker()]);
    const messages = phones.map((From) => twilioMessage({ From, OptOutType: 'STOP' }));
    await Promise.all(messages.map((params) => system.deliver(ingest, params)));
    await system.settled(phones, 1);
    await waitFor(() => lines('synced').length === phones.length, { what: 'the log lines of the syncs' });
    const traceOf = (messageSid: string | undefined) =>
      named('webhook messages').find(({ attributes }) => attributes['optout.message_sid'] === messageSid)
        ?.traceId;
    await waitFor(() => named('webhook messages').length === phones.length, { what: 'the webhooks' });
    const applied = lines('synced').map(({ messageSids, traceId }) => [
      (messageSids as string[])[0],
      traceId,
    ]);
    expect(applied.sort()).toEqual(
      messages.map(({ MessageSid }) => [MessageSid, traceOf(MessageSid)]).sort(),
    );
    await waitFor(() => named('apply later').length > 1, { what: 'several that were told apart later' });
    const later = named('apply later');
    const linked = named('customerio attributes').flatMap(({ links }) => links.map(({ traceId }) => traceId));
    expect(linked).toEqual(expect.arrayContaining(later.map(({ traceId }) => traceId)));
  });
});

describe("OpenTelemetry's own settings", () => {
  it('name the process and choose the sampler; what is not understood is in the log', async () => {
    await start({
      OTEL_SERVICE_NAME: 'our-opt-outs',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging,service.namespace=ours',
      OTEL_TRACES_SAMPLER: 'sometimes',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file',
    });
    const ingest = await system.startIngest();
    await system.deliver(ingest, twilioMessage({ From: phoneOf(0), OptOutType: 'STOP' }));
    await waitFor(() => named('webhook messages').length === 1, { what: 'the span' });
    expect(named('webhook messages')[0]?.resource).toMatchObject({
      'service.name': 'our-opt-outs',
      'service.namespace': 'ours',
      'deployment.environment.name': 'staging',
      'service.version': expect.stringMatching(/^\d/) as string,
    });
    const ignored = system.logLines
      .filter((line) => line.includes('"code":"traces_setting_ignored"'))
      .join('\n');
    expect(ignored).toContain('OTEL_TRACES_SAMPLER');
    expect(ignored).toContain('root certificate');
  });

  it('may be empty, as the compose file passes what is not set', async () => {
    const names = [
      'EXPORTER_OTLP_HEADERS',
      'TRACES_SAMPLER',
      'TRACES_SAMPLER_ARG',
      'RESOURCE_ATTRIBUTES',
      'SDK_DISABLED',
    ];
    await start(Object.fromEntries(names.map((name) => [`OTEL_${name}`, ''])));
    const ingest = await system.startIngest();
    await system.deliver(ingest, twilioMessage({ From: phoneOf(0), OptOutType: 'STOP' }));
    await waitFor(() => named('webhook messages').length === 1, { what: 'the span' });
    expect(named('webhook messages')[0]?.resource).toMatchObject({ 'service.name': 'optout-ingest' });
    expect(system.logLines.filter((line) => line.includes('traces_setting_ignored'))).toEqual([]);
  });

  it('switch traces off', async () => {
    await start({ OTEL_SDK_DISABLED: 'true' });
    const ingest = await system.startIngest();
    await system.deliver(ingest, twilioMessage({ From: phoneOf(0), OptOutType: 'STOP' }));
    await ingest.stop();
    expect(receiver.bodies).toEqual([]);
    expect(lines('webhook handled')).toMatchObject([
      expect.not.objectContaining({ traceId: expect.anything() as unknown }),
    ]);
  });
});
