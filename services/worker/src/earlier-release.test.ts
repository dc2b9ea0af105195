import { Queue, type JobsOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

/*
 * Jobs as an earlier release enqueues them, word for word. Its processes may run beside those of this release, and its jobs may wait
 * in Redis. Its scripts of the ledger: packages/shared/src/ledger/earlier-release.test.ts.
 */

const PHONE = '+14155550123';
const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
afterAll(() => redis.quit());

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
});
afterEach(() => harness.stop());

async function add(queue: string, name: string, data: unknown, options: JobsOptions = {}): Promise<void> {
  const defaultJobOptions = { attempts: 1_000_000, removeOnComplete: true, removeOnFail: false };
  const earlier = new Queue(queue, { connection: redis, prefix: harness.prefix, defaultJobOptions });
  await earlier.add(name, data, options);
  await earlier.close();
}

const payload = (kind: 'stop' | 'start', messageSid: string, at: number) => ({
  version: 1,
  messageSid,
  accountSid: 'AC00000000000000000000000000000001',
  kind,
  channel: 'sms',
  phone: PHONE,
  sender: 'MG00000000000000000000000000000001',
  messagingServiceSid: 'MG00000000000000000000000000000001',
  source: 'webhook',
  keyword: kind.toUpperCase(),
  occurredAt: at,
  receivedAt: at,
});
const sid = (n: number): string => `SM${String(n).padStart(32, '0')}`;
const becomes = (value: unknown): Promise<unknown> =>
  waitFor(() => harness.attribute(PHONE)[0] === value, { what: `the attribute ${String(value)}` });

describe('a job of an earlier release', () => {
  it('records its message, which decides among those of this release by its own time', async () => {
    const at = Date.now() - 60_000;
    const stop = payload('stop', sid(1), at);
    await add('inbound-events', 'stop', { payload: stop }, { jobId: `${stop.messageSid}-stop-webhook` });
    await becomes(true);
    await harness.enqueue(
      inboundEvent(PHONE, { kind: 'start', sender: stop.sender, occurredAt: at + 2_000 }),
    );
    await becomes(false);
    // Of a replay, and older than the START.
    const older = payload('stop', sid(2), at + 1_000);
    await add(
      'inbound-events',
      'stop',
      { payload: older, run: 'run-1' },
      { jobId: `${older.messageSid}-stop-webhook-run-1`, priority: 10 },
    );
    await harness.settled(PHONE);
    await waitFor(async () => (await harness.entry(PHONE))?.history.length === 3, { what: 'the older STOP' });
    expect((await harness.entry(PHONE))?.history.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['stop', 'applied'],
      ['stop', 'stale'],
      ['start', 'applied'],
    ]);
    expect(harness.attribute(PHONE)).toEqual([false]);
  });

  it('brings a phone up to date', async () => {
    await harness.ledger.record(
      { workspace: 'default', channel: 'sms', phone: inboundEvent(PHONE).phone },
      inboundEvent(PHONE),
    );
    const request = { version: 1, workspace: 'default', channel: 'sms', phone: PHONE };
    const deduplication = { id: `sms|${PHONE}`, keepLastIfActive: true };
    await add('customerio-sync', 'sync', { payload: request }, { deduplication });
    await becomes(true);
    await harness.settled(PHONE);
    expect((await harness.entry(PHONE))?.history).toMatchObject([{ outcome: 'applied' }]);
  });

  it('goes on after failed attempts, and carries out a replay run', async () => {
    const stop = payload('stop', sid(3), Date.now() - 60_000);
    const failures = [{ at: stop.occurredAt, code: 'customerio_unavailable', status: 503 }];
    await harness.queues.deadLetters.put({
      version: 1,
      stage: 'record',
      code: 'account_unknown',
      message: 'x',
      undone: {
        type: 'event',
        event: inboundEvent(PHONE, { sender: stop.sender, occurredAt: stop.occurredAt - 1 }),
      },
      attempts: failures,
      firstFailedAt: stop.occurredAt,
      lastFailedAt: stop.occurredAt,
    });
    const run = await harness.queues.runs.create({ filter: {}, by: 'Ann', why: 'mended' });
    await add('inbound-events', 'stop', { payload: stop, failures, transientSince: stop.occurredAt });
    await add('replays', 'replay', { run: run.id });
    await waitFor(async () => (await harness.queues.runs.get(run.id))?.state === 'finished', {
      what: 'the run',
    });
    await becomes(true);
    await waitFor(async () => (await harness.entry(PHONE))?.history.length === 2, { what: 'both events' });
    expect(await harness.queues.deadLetters.size()).toMatchObject({ count: 0 });
  });
});
