import { enqueueReplay } from '@optout-sync/shared/queues';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { RETRY_HORIZON_MS, UNSUPPORTED_DELAY_MS } from './domain/retry-policy';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

const PHONE = '+14155550111';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.sandbox.workspace().addPerson({ id: 'p', attributes: { phone: PHONE } });
});
afterEach(() => harness.stop());

const deadLetters = async (): Promise<DeadLetter[]> =>
  (await harness.queues.deadLetters.page({ limit: 10 })).deadLetters.map(({ deadLetter }) => deadLetter);
async function replayAll(): Promise<string> {
  const run = await harness.queues.runs.create({ filter: {}, by: 'Ann', why: 'upgraded' });
  await enqueueReplay(harness.queues, run.id);
  await waitFor(async () => (await harness.queues.runs.get(run.id))?.state === 'finished', {
    what: 'the run',
  });
  return run.id;
}
/** Enqueues a payload as a newer ingest or worker does. */
async function add(
  queue: 'inbound' | 'sync' | 'forwards' | 'people',
  payload: unknown,
  since?: number,
): Promise<string> {
  const { inbound, syncOf, forwards, people } = harness.queues;
  const of = { inbound, sync: syncOf('default'), forwards, people };
  const data = {
    payload,
    ...(since === undefined ? {} : { transientSince: since, failures: [{ at: since, code: 'x' }] }),
  };
  const job = await of[queue].add('newer', data as never);
  return job.id ?? '';
}
const sync = { version: 1, workspace: 'default', channel: 'sms', phone: PHONE };
const forward = {
  version: 1,
  id: 'SM1',
  target: 'https://a.example',
  method: 'GET',
  query: '',
  headers: {},
  body: '',
};
const NEWER: [string, 'inbound' | 'sync' | 'forwards' | 'people', unknown, string][] = [
  [
    'an event of a higher version',
    'inbound',
    { ...inboundEvent(PHONE), version: 2 },
    'event_version_unknown',
  ],
  ['an event from a new source', 'inbound', { ...inboundEvent(PHONE), source: 'rcs' }, 'event_value_unknown'],
  ['a sync of a higher version', 'sync', { ...sync, version: 2 }, 'sync_request_version_unknown'],
  ['a sync of a new channel', 'sync', { ...sync, channel: 'rcs' }, 'sync_request_value_unknown'],
  ['a forward of a higher version', 'forwards', { ...forward, version: 2 }, 'forward_version_unknown'],
  ['changed people of a higher version', 'people', { version: 2, id: 'x' }, 'people_change_version_unknown'],
  ['a forward by a new method', 'forwards', { ...forward, method: 'PUT' }, 'forward_value_unknown'],
];

describe('a payload of a newer version', () => {
  it.each(NEWER)('waits for a worker that knows it, with an alarm: %s', async (_, queue, payload, code) => {
    const { inbound, syncOf, forwards, people } = harness.queues;
    const of = { inbound, sync: syncOf('default'), forwards, people }[queue];
    const id = await add(queue, payload);
    await waitFor(async () => (await of.getJob(id))?.isDelayed(), { what: 'the delayed job' });
    const job = await of.getJob(id);
    expect(job?.delay).toBeGreaterThan(UNSUPPORTED_DELAY_MS / 2);
    expect(job?.delay).toBeLessThanOrEqual(UNSUPPORTED_DELAY_MS);
    expect(await harness.metric(`optout_unsupported_payloads_total{queue="${of.name}",code="${code}"`)).toBe(
      1,
    );
    expect(harness.logLines.some((line) => line.includes(code) && line.includes('upgrade the workers'))).toBe(
      true,
    );
    expect(await deadLetters()).toEqual([]);
  });

  it.each(NEWER)('is a raw dead letter after 24 hours, whole: %s', async (_, queue, payload, code) => {
    await add(queue, payload, Date.now() - RETRY_HORIZON_MS - 60_000);
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    expect(await deadLetters()).toMatchObject([{ code, undone: { type: 'raw', data: payload } }]);
  });

  it.each([undefined, null, 'STOP', {}, { kind: 'stop' }])(
    'is not what has no version: %j',
    async (payload) => {
      await add('inbound', payload);
      await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
      expect(await deadLetters()).toMatchObject([{ code: 'event_invalid', undone: { type: 'raw' } }]);
    },
  );
});

describe('the replay of a raw dead letter', () => {
  it('parses it anew: an event that this version knows is applied', async () => {
    const stop = inboundEvent(PHONE);
    await harness.queues.deadLetters.put({
      version: 1,
      stage: 'record',
      code: 'event_version_unknown',
      message: 'of the older worker',
      undone: { type: 'raw', data: stop },
      attempts: [{ at: 5, code: 'event_version_unknown' }],
      firstFailedAt: 5,
      lastFailedAt: 5,
    });
    await replayAll();
    await waitFor(() => harness.attribute(PHONE)[0] === true, { what: 'the opt-out' });
    expect((await harness.entry(PHONE))?.history).toMatchObject([{ messageSid: stop.messageSid }]);
    expect(await deadLetters()).toEqual([]);
  });

  it('leaves it to wait where it is still not known, and back among the dead letters with all attempts', async () => {
    const data = { ...inboundEvent(PHONE), version: 2 };
    const at = Date.now() - 90_000_000;
    await harness.queues.deadLetters.put({
      version: 1,
      stage: 'record',
      code: 'event_version_unknown',
      message: 'x',
      undone: { type: 'raw', data },
      attempts: [{ at, code: 'event_version_unknown' }],
      firstFailedAt: at,
      lastFailedAt: at,
    });
    await replayAll();
    const { inbound } = harness.queues;
    const job = await waitFor(async () => (await inbound.getDelayed())[0], { what: 'the waiting job' });
    expect(await deadLetters()).toEqual([]);
    await job.updateData({ ...job.data, transientSince: Date.now() - RETRY_HORIZON_MS - 1_000 });
    await job.promote();
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    const [again] = await deadLetters();
    expect(again?.undone).toEqual({ type: 'raw', data });
    expect(again?.firstFailedAt).toBe(at);
    expect(again?.attempts.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the replay of a dead letter of a workspace or an account that nobody serves', () => {
  it('keeps it, enqueues nothing and warns', async () => {
    const request = { ...sync, workspace: 'shop', phone: inboundEvent(PHONE).phone } as const;
    await harness.queues.deadLetters.put({
      version: 1,
      stage: 'sync',
      code: 'customerio_refused',
      message: 'answered 400',
      undone: { type: 'sync', request: { ...request, version: 1, channel: 'sms' }, messageSids: [] },
      attempts: [],
      firstFailedAt: 1,
      lastFailedAt: 1,
    });
    const run = await replayAll();
    expect(await harness.queues.runs.get(run)).toMatchObject({ done: 0, failed: 1 });
    expect(Object.values(await harness.queues.runs.skipReasons(run))).toEqual([
      expect.stringContaining('workspace shop is not served'),
    ]);
    expect(await deadLetters()).toHaveLength(1);
    expect(await harness.queues.syncOf('shop').count()).toBe(0);
    expect(harness.logLines.some((line) => line.includes('replay_unserved'))).toBe(true);
  });
});

describe('a dead letter that is refused again after each replay', () => {
  it('has every attempt and the first failure time', async () => {
    const refused = harness.sandbox.fault({
      match: { operation: 'search', bodyIncludes: PHONE },
      effect: { kind: 'status', status: 400, body: '{"meta":{"error":"x"}}' },
    });
    await harness.enqueue(inboundEvent(PHONE));
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    const first = (await deadLetters())[0]?.firstFailedAt;
    for (const attempts of [2, 3, 4]) {
      await replayAll();
      await waitFor(async () => (await deadLetters())[0]?.attempts.length === attempts, {
        what: `${String(attempts)} attempts`,
      });
    }
    expect((await deadLetters())[0]?.firstFailedAt).toBe(first);
    refused.remove();
    await replayAll();
    await waitFor(() => harness.attribute(PHONE)[0] === true, { what: 'the opt-out' });
    expect(await deadLetters()).toEqual([]);
  });
});
