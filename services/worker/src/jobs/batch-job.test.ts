import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { waitFor } from '@optout-sync/local-runtime/process';
import { DEFAULT_BLOCKED_SENDS, DEFAULT_KEYWORDS, type KeywordSettings } from '@optout-sync/shared/domain';
import { enqueueRawBatch, packRawBatch } from '@optout-sync/shared/queues';
import {
  TWILIO_ACCOUNT_SID,
  streamFailed,
  streamInbound,
  streamReassigned,
  streamTest,
} from '@optout-sync/twilio-simulator';
import { startHarness, type Harness } from '../test-support/worker-harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ env: { TWILIO_ACCOUNT_SID } });
});
afterEach(() => harness.stop());

const UNKNOWN_ACCOUNT = 'AC00000000000000000000000000000009';
const phoneOf = (n: number) => `+1415556${String(1_000 + n)}`;
const stops = (count: number) =>
  Array.from({ length: count }, (_, n) => streamInbound({ from: phoneOf(n), body: 'STOP' }));

/** Stores a batch as ingest does. */
async function store(text: string, changes: { keywords?: KeywordSettings } = {}): Promise<void> {
  const batch = await packRawBatch(Buffer.from(text), {
    id: createHash('sha256').update(text).digest('hex'),
    receivedAt: Date.now(),
    signedBy: [TWILIO_ACCOUNT_SID],
    keywords: DEFAULT_KEYWORDS,
    blockedSends: DEFAULT_BLOCKED_SENDS,
    ...changes,
  });
  await enqueueRawBatch(harness.queues, batch);
}

const untilParsed = () =>
  waitFor(async () => (await harness.queues.batches.getJobCountByTypes('waiting', 'active')) === 0, {
    what: 'the batch to be parsed',
  });
const streamed = (type: string, outcome: string) =>
  harness.metric(`optout_stream_events_total{type="${type}",outcome="${outcome}",service="worker"}`);
const deadLetters = async () =>
  (await harness.queues.deadLetters.page({ limit: 10 })).deadLetters.map(({ deadLetter }) => deadLetter);
const slices = () => harness.logLines.filter((line) => line.includes('slice of a large batch'));

describe('a large batch of Event Streams', () => {
  it('is parsed in slices of 1,000, and its events are recorded', async () => {
    const last = phoneOf(1_199);
    harness.sandbox.workspace().addPerson({ attributes: { phone: last } });
    await store(JSON.stringify([...stops(1_200), streamTest(), streamInbound({ body: 'Hello' })]));
    await untilParsed();
    await harness.settled(last);
    expect(harness.attribute(last)).toEqual([true]);
    expect(slices()).toHaveLength(2);
    expect(await streamed('inbound_message', 'accepted')).toBe(1_200);
    expect(await streamed('inbound_message', 'not_a_keyword')).toBe(1);
    expect(await streamed('test', 'ignored')).toBe(1);
  });

  it('opts a reassigned number out once, with that as the reason, and a blocked send later changes neither', async () => {
    const phone = phoneOf(0);
    harness.sandbox.workspace().addPerson({ attributes: { phone } });
    const event = streamReassigned({ to_number: phone });
    await store(JSON.stringify([event, event]));
    await harness.settled(phone);
    const later = { to: phone, messagingServiceSid: null, timestamp: '2026-03-03T10:00:00.000Z' };
    await store(JSON.stringify([event, streamFailed(later)]));
    await waitFor(async () => (await harness.entry(phone))?.history.length === 2, {
      what: 'the blocked send',
    });
    await harness.settled(phone);
    expect(harness.attribute(phone)).toEqual([true]);
    const entry = await harness.entry(phone);
    expect(entry?.senders.get('+15005550006')).toMatchObject({
      state: 'stopped',
      reason: 'reassigned',
      since: Date.parse(event.data.consent_updated_at),
    });
    expect(entry?.history).toHaveLength(2);
  });

  it('is classified with the settings of the ingest that stored it', async () => {
    const phone = phoneOf(0);
    const events = [streamInbound({ from: phone, body: 'please STOP now' })];
    await store(JSON.stringify(events), { keywords: { ...DEFAULT_KEYWORDS, match: 'contains' } });
    await harness.settled(phone);
    expect((await harness.entry(phone))?.history).toHaveLength(1);
  });

  it('stores what cannot be processed, and events of accounts that did not sign it, as dead letters', async () => {
    const foreign = { ...streamInbound({ accountSid: UNKNOWN_ACCOUNT, body: 'STOP' }), source: 'x' };
    await store(JSON.stringify([null, foreign, ...stops(1)]));
    await harness.settled(phoneOf(0));
    expect((await deadLetters()).map(({ stage, code }) => `${stage} ${code}`).sort()).toEqual([
      'ingest account_not_proven',
      'ingest message_not_understood',
    ]);
    expect(await streamed('inbound_message', 'dead_lettered')).toBe(1);
  });

  it('that breaks in the middle is a dead letter, and the events before are recorded', async () => {
    const text = JSON.stringify(stops(1_001));
    await store(text.slice(0, -100));
    await waitFor(async () => (await deadLetters()).length > 0, { what: 'the dead letter' });
    expect(await deadLetters()).toMatchObject([
      { stage: 'batch', code: 'batch_invalid', undone: { type: 'raw' } },
    ]);
    await harness.settled(phoneOf(0));
    expect(await harness.entry(phoneOf(0))).toBeDefined();
  });

  it('that was not stored by this version waits, and a body that cannot be unpacked is a dead letter', async () => {
    await harness.queues.batches.add('batch', { payload: { version: 2 } as never });
    await waitFor(async () => (await harness.queues.batches.getDelayedCount()) === 1, { what: 'it to wait' });
    const batch = await packRawBatch(Buffer.from('[]'), {
      id: '0'.repeat(64),
      receivedAt: 0,
      signedBy: [TWILIO_ACCOUNT_SID],
      keywords: DEFAULT_KEYWORDS,
      blockedSends: DEFAULT_BLOCKED_SENDS,
    });
    await enqueueRawBatch(harness.queues, { ...batch, body: 'AAAA' });
    await waitFor(async () => (await deadLetters()).length > 0, { what: 'the dead letter' });
    expect(await deadLetters()).toMatchObject([{ stage: 'batch', code: 'batch_invalid' }]);
  });
});
