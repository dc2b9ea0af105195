import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from '@optout-sync/local-runtime/process';
import { DeadLetter } from '@optout-sync/shared/dead-letters';
import { DEFAULT_BLOCKED_SENDS, DEFAULT_KEYWORDS, WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import { RawBatch, unpackRawBatch } from '@optout-sync/shared/queues';
import {
  TWILIO_ACCOUNT_SID,
  sendTwilioJson,
  streamFailed,
  streamInbound,
  streamReassigned,
  streamTest,
} from '@optout-sync/twilio-simulator';
import { TOKEN } from '../../test-support/keys';
import { metricOf } from '../../test-support/metrics';
import { NO_DISK, runIngest, untilReady, type RunningIngest } from '../../test-support/running-ingest';

const EVENTS_PATH = WEBHOOK_PATHS.events;
const REDIS_URL = process.env.TEST_REDIS_URL ?? '';
const UNKNOWN_ACCOUNT = 'AC00000000000000000000000000000009';

describe(`POST ${EVENTS_PATH}`, () => {
  let running: RunningIngest;
  const start = async (...args: Parameters<typeof runIngest>) => {
    running = await runIngest(...args);
  };
  const startReady = async () => {
    await start(REDIS_URL);
    await untilReady(running);
  };
  afterEach(async () => {
    await running.stop();
  });

  const send = (body: unknown, changes: Partial<Parameters<typeof sendTwilioJson>[0]> = {}) =>
    sendTwilioJson({ url: running.url + EVENTS_PATH, body, authToken: TOKEN, ...changes });
  const waiting = async () =>
    (await running.queues.inbound.getJobs(['waiting', 'prioritized'])).flatMap(
      (job) => job.data.payload.events,
    );
  const streamed = (type: string, outcome: string) =>
    metricOf(running, 'optout_stream_events_total', { type, outcome });

  it('accepts a batch of 1,000 events, and stores each once before it answers', async () => {
    await startReady();
    const kinds = [{ body: 'STOP' }, { optOutType: 'START' }, { OptOutType: 'HELP' }, { body: 'Hello' }];
    const batch = Array.from({ length: 1_000 }, (_, n) => streamInbound(kinds[n % 4]));
    const answer = await send(batch);
    expect(answer).toMatchObject({ status: 200, body: '{"status":"accepted"}\n' });
    const stored = (await waiting()).map(({ kind }) => kind);
    const count = (kind: string) => stored.filter((each) => each === kind).length;
    expect([count('stop'), count('start'), count('help'), stored.length]).toEqual([250, 250, 250, 750]);
    expect((await send(batch)).status).toBe(200);
    expect(await waiting()).toHaveLength(750);
    expect(await streamed('inbound_message', 'accepted')).toBe(1_500);
    expect(await streamed('inbound_message', 'not_a_keyword')).toBe(500);
    expect(await metricOf(running, 'optout_webhooks_total', { route: 'events', outcome: 'accepted' })).toBe(
      2,
    );
  });

  it('accepts a batch of 1,000 messages of 1,000 Japanese characters', async () => {
    await startReady();
    const batch = Array.from({ length: 1_000 }, () => streamInbound({ body: '停'.repeat(1_000) }));
    expect((await send(batch)).status).toBe(200);
    expect(await streamed('inbound_message', 'not_a_keyword')).toBe(1_000);
  });

  describe('a batch of more than 1,000 events or 4 MB', () => {
    const rawBatches = () => running.queues.batches.getJobs(['waiting', 'prioritized']);
    const many = () => [
      { body: 'text of somebody' },
      ...Array.from({ length: 1_000 }, () => streamInbound({ body: 'STOP' })),
    ];

    it('is stored whole and once, with what a worker needs to treat it alike', async () => {
      const keywords = { ...DEFAULT_KEYWORDS, match: 'contains' } as const;
      await start(REDIS_URL, { keywords });
      await untilReady(running);
      const batch = many();
      for (let i = 0; i < 2; i++) expect((await send(batch)).status).toBe(200);
      expect(await waiting()).toEqual([]);
      const [job, ...others] = await rawBatches();
      expect(others).toEqual([]);
      const stored = RawBatch.parse(job?.data.payload);
      expect(stored).toMatchObject({
        signedBy: [TWILIO_ACCOUNT_SID],
        keywords,
        blockedSends: DEFAULT_BLOCKED_SENDS,
      });
      expect((await unpackRawBatch(stored)).toString()).toBe(JSON.stringify(batch));
      expect(running.logs.join('')).toContain(`"rawBatch":"${stored.id}"`);
      expect(running.logs.join('')).not.toContain('text of somebody');
    });

    it('is answered 200 although it is not JSON: any 4xx would discard it', async () => {
      await startReady();
      expect((await send('[{'.repeat(3 * 1024 * 1024))).status).toBe(200);
      expect(await rawBatches()).toHaveLength(1);
    });

    it('goes to the spool while Redis is down, and to the queue afterwards', async () => {
      const spool = { dir: await mkdtemp(join(tmpdir(), 'optout-sync-batch-')), maxBytes: 1e9 };
      await start(`redis://127.0.0.1:${await freePort()}`, { spool });
      const batch = many();
      expect((await send(batch)).status).toBe(200);
      expect(await metricOf(running, 'optout_spool_items', {})).toBe(1);
      await running.stop();
      await start(REDIS_URL, { spool });
      await waitFor(async () => (await rawBatches()).length > 0, { what: 'the batch to be in its queue' });
      const [job] = await rawBatches();
      expect((await unpackRawBatch(RawBatch.parse(job?.data.payload))).toString()).toBe(
        JSON.stringify(batch),
      );
      await rm(spool.dir, { recursive: true });
    });

    it('is answered 503 while neither takes it', async () => {
      await start(`redis://127.0.0.1:${await freePort()}`, NO_DISK);
      expect((await send(many())).status).toBe(503);
    });
  });

  it('accepts an empty batch', async () => {
    await startReady();
    expect((await send([])).status).toBe(200);
    expect((await send([], { authToken: 'f'.repeat(32) })).status).toBe(503);
  });

  it('accepts a single event, and one of a blocked message', async () => {
    await startReady();
    expect((await send(streamInbound({ body: 'STOP' }))).status).toBe(200);
    expect((await send(streamFailed({ to: '+14155550102' }))).status).toBe(200);
    expect((await waiting()).map(({ phone, source }) => [phone, source]).sort()).toEqual([
      ['+14155550101', 'event_stream'],
      ['+14155550102', 'event_stream'],
    ]);
  });

  it('accepts and counts test events and events of an unknown type', async () => {
    await startReady();
    const others = [
      streamTest(),
      { ...streamInbound(), type: 'com.twilio.voice.x' },
      streamFailed({ errorCode: 30003 }),
    ];
    expect((await send(others)).status).toBe(200);
    expect(await waiting()).toEqual([]);
    expect(await streamed('test', 'ignored')).toBe(1);
    expect(await streamed('other', 'ignored')).toBe(1);
    expect(await streamed('message_failed', 'ignored')).toBe(1);
  });

  it('stores unprocessable events as dead letters, and accepts the others', async () => {
    await startReady();
    const odd = streamInbound({ messageSid: 'odd', body: 'STOP' });
    const batch = [odd, null, streamInbound({ body: 'STOP' })];
    for (let i = 0; i < 2; i++) expect((await send(batch)).status).toBe(200);
    expect(await waiting()).toHaveLength(1);
    const deadLetters = (await running.queues.deadLetters.page({ limit: 10 })).deadLetters.map(
      ({ deadLetter }) => DeadLetter.parse(deadLetter).undone,
    );
    expect(deadLetters).toHaveLength(2);
    expect(deadLetters).toContainEqual({ type: 'raw', data: { route: 'events', event: odd } });
    expect(await streamed('inbound_message', 'dead_lettered')).toBe(2);
    expect(await streamed('other', 'dead_lettered')).toBe(2);
  });

  it('stores a reassigned number once, ignores what is none, and makes a dead letter of what cannot be read', async () => {
    await startReady();
    const event = streamReassigned();
    const batch = [event, streamReassigned({ is_reassigned: false }), streamReassigned({ to_number: null })];
    for (let i = 0; i < 2; i++) expect((await send(batch)).status).toBe(200);
    expect(await waiting()).toMatchObject([
      { kind: 'stop', reason: 'reassigned', phone: event.data.to_number },
    ]);
    expect(await running.queues.deadLetters.size()).toMatchObject({ count: 1 });
    expect(await streamed('reassigned_number', 'accepted')).toBe(2);
    expect(await streamed('reassigned_number', 'ignored')).toBe(2);
    expect(await streamed('reassigned_number', 'dead_lettered')).toBe(2);
    expect((await send({ ...event, data: null })).status).toBe(200);
  });

  it('stores an event as a dead letter when its account did not sign the batch', async () => {
    await startReady();
    const mismatched = { ...streamInbound({ accountSid: UNKNOWN_ACCOUNT, body: 'STOP' }), source: 'x' };
    expect((await send([streamTest(), mismatched])).status).toBe(200);
    expect(await waiting()).toEqual([]);
    const [stored] = (await running.queues.deadLetters.page({ limit: 10 })).deadLetters;
    expect(stored?.deadLetter).toMatchObject({
      stage: 'ingest',
      code: 'account_not_proven',
      undone: {
        type: 'event',
        event: { messageSid: mismatched.data.messageSid, accountSid: UNKNOWN_ACCOUNT },
      },
    });
  });

  // Twilio retries after a 503, and discards the events after a 4xx.
  it.each([
    ['a signature that does not match', { authToken: 'f'.repeat(32) }, 'bad_signature'],
    ['no signature', { signature: null }, 'missing_signature'],
    [
      'an unknown account',
      { body: [{ ...streamInbound({ accountSid: UNKNOWN_ACCOUNT }), source: 'x' }] },
      'unknown_account',
    ],
    ['a body that is not JSON', { body: '[{' }, 'malformed_body'],
    ['a batch that is too large', { body: `["${'x'.repeat(16 * 1024 * 1024)}"]` }, 'body_too_large'],
  ])('answers 503 to %s, and stores nothing', async (_, changes, code) => {
    await startReady();
    const answer = await send([streamInbound({ body: 'STOP' })], changes);
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ code });
    expect(await waiting()).toEqual([]);
    expect(await metricOf(running, 'optout_webhooks_total', { route: 'events', outcome: code })).toBe(1);
  });

  it('refuses a GET', async () => {
    await start(REDIS_URL);
    const response = await fetch(running.url + EVENTS_PATH);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('accepts the next token as well as the present one', async () => {
    await start(REDIS_URL, { accounts: new Map([[TWILIO_ACCOUNT_SID, { tokens: [TOKEN, 'next'] }]]) });
    await untilReady(running);
    expect((await send([streamInbound()], { authToken: 'next' })).status).toBe(200);
  });

  it('answers 200 when the whole batch is on disk', async () => {
    await start(`redis://127.0.0.1:${await freePort()}`);
    expect((await send([streamInbound({ body: 'STOP' }), streamInbound({ body: 'START' })])).status).toBe(
      200,
    );
    expect(await metricOf(running, 'optout_spool_items', {})).toBe(1);
  });

  it('answers 503 while neither Redis nor the disk takes the batch, unless there is nothing to store', async () => {
    await start(`redis://127.0.0.1:${await freePort()}`, NO_DISK);
    expect((await send([streamInbound({ body: 'STOP' }), streamTest()])).status).toBe(503);
    expect(await streamed('test', 'ignored')).toBe(0);
    expect((await send([streamTest(), streamInbound()])).status).toBe(200);
  });

  it('logs a batch in one line, without phone numbers or messages', async () => {
    await startReady();
    await send([
      streamInbound({ body: 'STOP' }),
      streamInbound({ body: 'their words' }),
      { odd: '+14155550101' },
    ]);
    const lines = running.logs.filter((line) => line.includes('webhook'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/"batch":"3","accepted":"1","deadLetters":"message_not_understood dl-/);
    expect(running.logs.join('')).not.toMatch(/4155550101|their words/);
  });
});
