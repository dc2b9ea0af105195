import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@optout-sync/local-runtime/process';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '@optout-sync/testkit/otlp';
import { System } from '@optout-sync/testkit/system';
import { streamInbound, twilioMessage } from '@optout-sync/twilio-simulator';

jest.setTimeout(120_000);

let receiver: OtlpReceiver;
let system: System;
/** Spans are sent each 100 ms instead of 5 s. */
const tracesTo = (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: '100' });

beforeEach(async () => {
  receiver = await startOtlpReceiver();
  system = await System.start({ env: tracesTo(receiver.url) });
});
afterEach(async () => {
  for (const body of receiver.bodies) system.mustBePrivate(body);
  // The search of the logs may fail.
  await system.stop().finally(() => receiver.stop());
});

const addPerson = (phone: string) => system.sandbox.workspace().addPerson({ attributes: { phone } });
const named = (name: string) => receiver.spans.filter((span) => span.name === name);
/** Waits for spans of all names: each service sends its own when its time comes. */
const arrived = (names: readonly string[], count = 1) =>
  waitFor(() => names.every((name) => named(name).length >= count), {
    what: `${count} of each of the spans ${names.join(', ')}`,
  });
/** The spans of a trace, each with the names of those above it, from the root. */
const paths = (traceId: string) => {
  const ofTrace = receiver.spans.filter((span) => span.traceId === traceId);
  const path = ({ name, parentSpanId }: ReceivedSpan): string => {
    const parent = ofTrace.find(({ spanId }) => spanId === parentSpanId);
    return parent ? `${path(parent)} > ${name}` : name;
  };
  return ofTrace.map(path);
};

/** The versions of the items in a spool, as they are in its files. */
const spooledVersions = (folder: string): string[] => {
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
  const found = texts.flatMap((text) => [...text.matchAll(/\{"version":(\d),"at":/g)]);
  return [...new Set(found.map(([, version = '']) => version))];
};

const WEBHOOK = 'webhook messages';
const RECORD = 'job inbound-events';
const SYNC = 'job customerio-sync';

describe('traces', () => {
  it('lead from a webhook over both queues to the requests to Customer.io, and name no phone, text or key', async () => {
    const ingest = await system.startIngest();
    await system.startWorker();
    const phone = '+14155557301';
    addPerson(phone);
    const stop = twilioMessage({ From: phone, Body: 'stop it please', OptOutType: 'STOP' });
    await system.deliver(ingest, stop);
    await system.settled([phone], 1);
    await arrived([WEBHOOK, RECORD, SYNC]);
    const [webhook] = named(WEBHOOK);
    expect(webhook).toMatchObject({
      attributes: { 'optout.outcome': 'accepted', 'optout.message_sid': stop.MessageSid },
      resource: { 'service.name': 'optout-ingest' },
    });
    const { traceId = '' } = webhook ?? {};
    await waitFor(() => paths(traceId).some((path) => path.includes('customerio batch')), {
      what: 'the spans of the requests',
    });
    expect(paths(traceId)).toEqual(
      expect.arrayContaining([
        WEBHOOK,
        `${WEBHOOK} > ${RECORD}`,
        `${WEBHOOK} > ${SYNC}`,
        `${WEBHOOK} > ${SYNC} > wait for search`,
        `${WEBHOOK} > ${SYNC} > wait for search > customerio search`,
      ]),
    );
    const lines = system.logLines.filter((line) => line.includes(traceId));
    const services = lines.map((line) => (JSON.parse(line) as { readonly service: string }).service);
    expect(new Set(services)).toEqual(new Set(['ingest', 'worker']));
    const sent = receiver.bodies.join('\n');
    const settings = Object.entries(system.env).filter(([name]) => /TOKEN|KEY|PASSWORD/.test(name));
    expect(settings.length).toBeGreaterThan(2);
    for (const secret of [phone, phone.slice(1), 'stop it please', ...settings.map(([, value]) => value!)]) {
      expect(sent).not.toContain(secret);
    }
  });

  it('go on through the spool, and link a job of several messages to each of their webhooks', async () => {
    const SPOOL_DIR = await system.newFolder();
    const ingest = await system.startIngest({ SPOOL_DIR });
    const phones = ['+14155557311', '+14155557312', '+14155557313'];
    phones.forEach(addPerson);
    await system.redis.kill('SIGKILL');
    for (const phone of phones) {
      await system.deliver(ingest, twilioMessage({ From: phone, OptOutType: 'STOP' }));
    }
    expect(await system.metric('optout_spool_items')).toBeGreaterThan(0);
    // Traces change no version: an older ingest goes on with such a spool.
    expect(spooledVersions(SPOOL_DIR)).toEqual(['1']);
    await system.redis.restart();
    await system.startWorker();
    await system.settled(phones, 1);
    await arrived([WEBHOOK, SYNC], 3);
    await arrived([RECORD, 'customerio search']);
    const webhooks = named(WEBHOOK).map(({ traceId }) => traceId);
    expect(new Set(webhooks).size).toBe(3);
    const records = named(RECORD);
    const origins = records.flatMap(({ traceId, links }) =>
      links.length > 0 ? links.map((link) => link.traceId) : [traceId],
    );
    expect(origins.sort()).toEqual([...webhooks].sort());
    for (const traceId of webhooks) {
      expect(paths(traceId)).toContain(`${WEBHOOK} > ${SYNC}`);
    }
    const searches = named('customerio search');
    const searched = searches.flatMap(({ links }) => links.map(({ traceId }) => traceId));
    expect(new Set(searched)).toEqual(new Set(webhooks));
  });

  it('go on through a large batch of Event Streams, which a worker parses', async () => {
    const [ingest] = await Promise.all([system.startIngest(), system.startWorker()]);
    const phone = '+14155557315';
    addPerson(phone);
    const chatter = Array.from({ length: 1_000 }, () => streamInbound({ body: 'Hello' }));
    const batch = [...chatter, streamInbound({ from: phone, body: 'STOP' })];
    expect((await system.deliverJson(ingest, WEBHOOK_PATHS.events, batch)).status).toBe(200);
    await system.settled([phone], 1);
    const parsed = 'webhook events > job event-batches';
    const ofTrace = () => named('webhook events').flatMap(({ traceId }) => paths(traceId));
    await waitFor(() => ofTrace().includes(`${parsed} > ${SYNC}`), { what: 'the span of the sync' });
    await arrived([RECORD]);
    expect(ofTrace()).toEqual(expect.arrayContaining([parsed, `${parsed} > ${RECORD}`]));
  });

  it('are not needed: without a receiver everything works, and the log says it once', async () => {
    await receiver.stop();
    // The SDK retries for as long as this before it reports an error, in ms.
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: '500' };
    const ingest = await system.startIngest(env);
    await system.startWorker(env);
    const phones = ['+14155557321', '+14155557322'];
    phones.forEach(addPerson);
    for (const phone of phones) {
      await system.deliver(ingest, twilioMessage({ From: phone, OptOutType: 'STOP' }));
      await system.settled([phone], 1);
    }
    expect(phones.map((phone) => system.attribute(phone))).toEqual([[true], [true]]);
    const complaints = () =>
      system.logLines
        .filter((line) => line.includes('"traces_not_sent"'))
        .map((line) => (JSON.parse(line) as { readonly service: string }).service)
        .sort();
    await waitFor(() => complaints().length >= 2, { what: 'both services to say it' });
    expect(complaints()).toEqual(['ingest', 'worker']);
    receiver = await startOtlpReceiver();
  });

  it('show an attempt that failed, and the log line of the failure has their ids', async () => {
    const ingest = await system.startIngest();
    await system.startWorker();
    const phone = '+14155557341';
    addPerson(phone);
    system.sandbox.fault({
      match: { operation: 'search' },
      effect: { kind: 'status', status: 400, body: {} },
      times: 2,
    });
    await system.deliver(ingest, twilioMessage({ From: phone, OptOutType: 'STOP' }));
    const line = await waitFor(
      () => system.logLines.find((text) => /"attempt failed"|"dead-lettered"/.test(text)),
      { what: 'the log line of the failure' },
    );
    await arrived([WEBHOOK, SYNC]);
    const { code, traceId, spanId } = JSON.parse(line) as Readonly<Record<string, string>>;
    const [failed] = named(SYNC);
    expect(failed).toMatchObject({ traceId, spanId, attributes: { 'error.type': code } });
    expect(traceId).toBe(named(WEBHOOK)[0]?.traceId);
  });

  it('are refused: the log says so, also as a process ends, and in no trace', async () => {
    const refusing = await startOtlpReceiver({ status: 401 });
    const ingest = await system.startIngest({
      ...tracesTo(refusing.url),
      OTEL_BSP_SCHEDULE_DELAY: String(3_600_000),
    });
    await system.startWorker(tracesTo(refusing.url));
    const phone = '+14155557331';
    addPerson(phone);
    await system.deliver(ingest, twilioMessage({ From: phone, OptOutType: 'STOP' }));
    await system.settled([phone], 1);
    const complaints = () =>
      system.logLines
        .filter((line) => line.includes('"traces_not_sent"'))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    await waitFor(() => complaints().length === 1, { what: 'the worker to say it' });
    await ingest.stop();
    await refusing.stop();
    expect(complaints()).toMatchObject([
      { service: 'worker', reason: 'Unauthorized' },
      { service: 'ingest', reason: 'Unauthorized' },
    ]);
    expect(complaints().filter((line) => 'traceId' in line)).toEqual([]);
  });
});
