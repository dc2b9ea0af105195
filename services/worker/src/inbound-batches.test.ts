import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { InboundEvent } from '@optout-sync/shared/domain';
import { enqueueInboundBatch, enqueueReplay, itemsOf, type JobData } from '@optout-sync/shared/queues';
import { RETRY_HORIZON_MS } from './domain/retry-policy';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

let harness: Harness;
let dir: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'batches-'));
  const OPTOUT_CONFIG = join(dir, 'optout.yaml');
  // Any other account is unknown.
  const account = inboundEvent('+14155550100').accountSid;
  writeFileSync(
    OPTOUT_CONFIG,
    `twilio: { accounts: [{ sid: ${account}, auth_tokens: [${'0'.repeat(31)}a] }] }`,
  );
  harness = await startHarness({ env: { OPTOUT_CONFIG } });
});
afterEach(async () => {
  await harness.stop();
  rmSync(dir, { recursive: true });
});

let phones = 0;
/** A number that one person has. */
function freshPhone(): string {
  const phone = `+1415557${String(1_000 + phones++)}`;
  harness.sandbox.workspace().addPerson({ attributes: { phone } });
  return phone;
}
const freshEvents = (count: number): InboundEvent[] =>
  Array.from({ length: count }, () => inboundEvent(freshPhone()));

/** Adds a job with these events, of whatever form, as its batch. */
async function addBatch(
  events: readonly unknown[],
  data: Omit<JobData<unknown>, 'payload'> = {},
): Promise<string> {
  const payload = { version: 2, events } as never;
  return (await harness.queues.inbound.add('events', { ...data, payload })).id ?? '';
}
const deadLetters = async (): Promise<DeadLetter[]> =>
  (await harness.queues.deadLetters.page({ limit: 100 })).deadLetters.map(({ deadLetter }) => deadLetter);
const delayed = () => harness.queues.inbound.getDelayed();
const outcomes = (outcome: string) => harness.metric(`optout_events_total{outcome="${outcome}"`);
const becomesApplied = (events: readonly InboundEvent[]) =>
  waitFor(() => events.every(({ phone }) => harness.attribute(phone)[0] === true), { what: 'the opt-outs' });
/** How many events were recorded, by the log. */
const recordedEvents = (): number =>
  harness.logLines
    .filter((line) => line.includes('events recorded'))
    .reduce((sum, line) => sum + (JSON.parse(line) as { events: unknown[] }).events.length, 0);

describe('a job of many events', () => {
  it('records all of them, those of a phone in their order, and requests one sync of each phone', async () => {
    const [first, ...others] = freshEvents(30);
    const at = Date.now() - 60_000;
    const words = ['stop', 'start', 'stop', 'start'] as const;
    const conversation = words.map((kind, n) => {
      const sent = at + n * 1_000;
      return inboundEvent(first!.phone, { kind, occurredAt: sent, receivedAt: sent });
    });
    const id = await addBatch([conversation[0], ...others, ...conversation.slice(1)]);
    await becomesApplied(others);
    await harness.settled(first!.phone);
    const history = (await harness.entry(first!.phone))?.history ?? [];
    expect(history.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    expect(history.map(({ messageSid }) => messageSid)).toEqual(
      conversation.map(({ messageSid }) => messageSid),
    );
    expect(history.map(({ outcome }) => outcome)).toEqual(['stale', 'stale', 'stale', 'applied']);
    expect(harness.attribute(first!.phone)).toEqual([false]);
    expect(await harness.metric('optout_jobs_total{queue="inbound-events",outcome="recorded"')).toBe(33);
    expect(await harness.metric('optout_jobs_total{queue="customerio-sync",outcome="applied"')).toBe(30);
    expect(await harness.queues.inbound.getJob(id)).toBeUndefined();
  });

  it('of the form of earlier versions, one event, is recorded', async () => {
    const [event] = freshEvents(1);
    await harness.queues.inbound.add(
      'stop',
      { payload: event as never },
      { jobId: `${event!.messageSid}-stop-webhook` },
    );
    await becomesApplied([event!]);
  });

  it('counts each of its events once, by its own outcome', async () => {
    const [known, ...fresh] = freshEvents(3);
    await harness.enqueue(known!);
    await becomesApplied([known!]);
    const again = { ...known!, source: 'event_stream', receivedAt: Date.now() + 5 } as InboundEvent;
    const stale = inboundEvent(known!.phone, { kind: 'start', occurredAt: known!.occurredAt - 60_000 });
    await addBatch([...fresh, again, stale, inboundEvent(freshPhone(), { kind: 'help' })]);
    await becomesApplied(fresh);
    await waitFor(async () => (await outcomes('ignored')) === 1, { what: 'the HELP' });
    await waitFor(async () => (await outcomes('applied')) === 3, { what: 'the outcomes' });
    expect([await outcomes('duplicate'), await outcomes('stale')]).toEqual([1, 1]);
  });
});

describe('an event of a batch that cannot be recorded', () => {
  const failures = [{ at: Date.now() - 1_000, code: 'internal_error' }];

  it('ends as its own dead letter when it is invalid, with the attempts of its job; the others are done', async () => {
    const events = freshEvents(4);
    const invalid = { ...inboundEvent('+14155550000'), phone: 'nobody' };
    const id = await addBatch([events[0], invalid, ...events.slice(1)], { failures });
    await becomesApplied(events);
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    const [letter] = await deadLetters();
    expect(letter).toMatchObject({
      stage: 'record',
      code: 'event_invalid',
      undone: { type: 'raw', data: invalid },
    });
    expect(letter?.attempts.map(({ code }) => code)).toEqual(['internal_error', 'event_invalid']);
    expect(await harness.queues.inbound.getJob(id)).toBeUndefined();
    expect(recordedEvents()).toBe(4);
  });

  it.each([
    ['of a form that only newer versions know', { version: 7 }, 'event_version_unknown'],
    ['with a word that only newer versions know', { source: 'rcs' }, 'event_value_unknown'],
    ['of an unknown account', { accountSid: `AC${'f'.repeat(32)}` }, 'account_unknown'],
  ])('waits by itself when it is %s', async (_, changes, code) => {
    const events = freshEvents(4);
    const waiting = { ...inboundEvent(freshPhone()), ...changes };
    const since = Date.now() - 60_000;
    const id = await addBatch([...events.slice(0, 2), waiting, ...events.slice(2)], {
      failures,
      transientSince: since,
    });
    await becomesApplied(events);
    const job = await waitFor(async () => (await delayed())[0], { what: 'the waiting job' });
    await waitFor(async () => (await harness.queues.inbound.getJob(id)) === undefined, {
      what: 'the end of the batch',
    });
    expect(itemsOf(job.data).map(({ raw }) => raw)).toEqual([waiting]);
    expect(job.data.failures?.map((failure) => failure.code)).toEqual(['internal_error', code]);
    if (code !== 'account_unknown') expect(job.data.transientSince).toBe(since);
    expect(await deadLetters()).toEqual([]);
    expect(recordedEvents()).toBe(4);
  });

  it('gets a job of its own when Redis refuses it alone, and is recorded once that is mended', async () => {
    const events = freshEvents(3);
    const { redis, key } = await breakEntry(events[1]!);
    await addBatch(events);
    await becomesApplied([events[0]!, events[2]!]);
    const job = await waitFor(async () => (await delayed())[0], { what: 'the waiting job' });
    expect(itemsOf(job.data).map(({ raw }) => raw)).toEqual([events[1]]);
    // On a busy machine it has been tried again by now.
    expect(new Set(job.data.failures?.map(({ code }) => code))).toEqual(new Set(['internal_error']));
    await redis.del(key);
    await job.promote().catch(() => undefined);
    await becomesApplied(events);
    expect(await outcomes('duplicate')).toBe(0);
  });

  it('is dead-lettered by itself once its batch has failed for 24 hours', async () => {
    const events = freshEvents(2);
    const { redis } = await breakEntry(events[0]!);
    await breakEntry(events[1]!);
    await addBatch(events, { failures, transientSince: Date.now() - RETRY_HORIZON_MS - 60_000 });
    await waitFor(async () => (await deadLetters()).length === 2, { what: 'the dead letters' });
    for (const { undone, attempts, code } of await deadLetters()) {
      expect(undone).toEqual({ type: 'event', event: expect.anything() as unknown });
      expect([code, attempts.length]).toEqual(['internal_error', 3]);
    }
    expect(await outcomes('dead_lettered')).toBe(2);
    expect(await redis.exists(`${harness.prefix}:inbound-events:stalled`)).toBe(0);
  });
});

/** Puts a value of another type where the ledger entry of an event belongs. */
async function breakEntry({ phone, channel }: InboundEvent) {
  const redis = (await harness.queues.inbound.getBackend().client) as unknown as Redis;
  const key = `${harness.prefix}:ledger:{default:${channel}:${phone}}`;
  await redis.set(key, 'broken');
  return { redis, key };
}

describe('a job that was active when workers died three times', () => {
  it('is split into single events, which run in quarantine', async () => {
    const events = freshEvents(5);
    const { inbound } = harness.queues;
    await inbound.pause();
    const id = await addBatch(events);
    const redis = (await inbound.getBackend().client) as unknown as Redis;
    await redis.hset(inbound.toKey(id), 'stc', '3');
    await inbound.resume();
    await becomesApplied(events);
    expect(await harness.metric('optout_jobs_total{queue="inbound-events",outcome="split"')).toBe(1);
    expect(await harness.metric('optout_jobs_total{queue="inbound-events",outcome="recorded"')).toBe(5);
  });
});

describe('the replay of events', () => {
  const refused = (undone: DeadLetter['undone'], code: string): DeadLetter => ({
    version: 1,
    stage: 'record',
    code,
    message: 'x',
    undone,
    attempts: [{ at: 5, code }],
    firstFailedAt: 5,
    lastFailedAt: 5,
  });
  async function replayAll() {
    const run = await harness.queues.runs.create({ filter: { stage: 'record' }, by: 'Ann', why: 'upgraded' });
    await enqueueReplay(harness.queues, run.id);
    await waitFor(async () => (await harness.queues.runs.get(run.id))?.state === 'finished', {
      what: 'the run',
    });
    return run.id;
  }
  const outcomesOf = async (run: string) => (await harness.queues.runs.get(run))?.outcomes;

  it('tells the run how each of them ended', async () => {
    const events = freshEvents(120);
    const helps = [inboundEvent(freshPhone(), { kind: 'help' })];
    for (const event of [...events, ...helps]) {
      await harness.queues.deadLetters.put(refused({ type: 'event', event }, 'internal_error'));
    }
    const run = await replayAll();
    await becomesApplied(events);
    await waitFor(async () => (await outcomesOf(run))?.recorded === 120, { what: 'the outcomes' });
    expect(await outcomesOf(run)).toEqual({ recorded: 120, ignored: 1 });
    expect(await deadLetters()).toEqual([]);
  });

  it('of a batch that a worker of version 0.1 could not parse applies each, and dead-letters what is still invalid', async () => {
    const events = freshEvents(3);
    const invalid = { ...inboundEvent('+14155550000'), phone: 'nobody' };
    // As commit 18d7791 writes it: every payload of a version that it does not know.
    const batch = { version: 2, events: [...events, invalid] };
    await harness.queues.deadLetters.put(refused({ type: 'raw', data: batch }, 'event_version_unknown'));
    const run = await replayAll();
    await becomesApplied(events);
    await waitFor(async () => (await outcomesOf(run))?.dead_lettered === 1, { what: 'the outcomes' });
    expect(await outcomesOf(run)).toEqual({ recorded: 3, dead_lettered: 1 });
    expect(await deadLetters()).toMatchObject([
      { code: 'event_invalid', undone: { type: 'raw', data: invalid } },
    ]);
  });
});

describe('a job that is enqueued twice, since its add had timed out and landed', () => {
  it('counts its events once', async () => {
    const [stop, help] = [inboundEvent(freshPhone()), inboundEvent(freshPhone(), { kind: 'help' })];
    const stale = inboundEvent(stop.phone, { kind: 'start', occurredAt: stop.occurredAt - 60_000 });
    await enqueueInboundBatch(harness.queues, [stop, help, stale]);
    await becomesApplied([stop]);
    // From the spool, with others beside it.
    const other = inboundEvent(freshPhone());
    await enqueueInboundBatch(harness.queues, [help, stale, stop, other]);
    await becomesApplied([other]);
    await waitFor(async () => (await outcomes('applied')) === 2, { what: 'the outcomes' });
    expect([await outcomes('ignored'), await outcomes('stale'), await outcomes('duplicate')]).toEqual([
      1, 1, 0,
    ]);
  });
});
