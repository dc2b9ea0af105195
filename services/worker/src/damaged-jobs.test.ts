import type { Queue } from 'bullmq';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { E164 } from '@optout-sync/shared/domain';
import { enqueueReplay, enqueueSync } from '@optout-sync/shared/queues';
import { waitFor } from '@optout-sync/local-runtime/process';
import { promoteDelayedJobs } from './runner/promote-delayed';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

jest.setTimeout(180_000);

const HOUR = 3_600_000;

let harness: Harness;
let phones = 0;
/** One that no test before has used, of somebody in Customer.io. */
function newPhone(): string {
  const phone = `+1415555${String(2_000 + phones++)}`;
  harness.sandbox.workspace().addPerson({ attributes: { phone } });
  return phone;
}
beforeAll(async () => {
  harness = await startHarness({ env: { CUSTOMERIO_NATIVE_OPTOUTS: 'true', RECONCILE_PERIOD: 'off' } });
});
afterEach(() => harness.queues.deadLetters.discard({}));
afterAll(() => harness.stop());

const QUEUES: readonly [name: string, stage: string, of: () => Queue][] = [
  ['inbound-events', 'record', () => harness.queues.inbound],
  ['customerio-sync', 'sync', () => harness.queues.syncOf('default')],
  ['customerio-native', 'native', () => harness.queues.destinationOf('native', 'default')],
  ['forwards', 'forward', () => harness.queues.forwards],
  ['people-changes', 'people', () => harness.queues.people],
];

/** What the hash of the job holds as its data, and what the dead letter holds of it. */
const DAMAGES: readonly [what: string, stored: string, raw: unknown][] = [
  ['is no JSON', '{"payload":{"version":1,"pho', '{"payload":{"version":1,"pho'],
  ['is null', 'null', null],
  ['is a list', '[1,"STOP"]', [1, 'STOP']],
  ['is text', '"STOP"', 'STOP'],
  ['has no payload', '{"phone":"+14155550171"}', { phone: '+14155550171' }],
];

const deadLetters = async (): Promise<DeadLetter[]> =>
  (await harness.queues.deadLetters.page({ limit: 50 })).deadLetters.map(({ deadLetter }) => deadLetter);
const isEmpty = async (queue: Queue): Promise<boolean> =>
  Object.values(await queue.getJobCounts()).every((count) => count === 0);

/** Adds a job, changes its hash before a worker can take it, and lets the workers have it. */
async function addDamaged(queue: Queue, change: (key: string) => Promise<unknown>): Promise<void> {
  const { id = '' } = await queue.add('job', { payload: {} }, { delay: HOUR });
  await change(queue.toKey(id));
  await queue.getBackend().promote(id);
}
const redis = async () => harness.queues.inbound.getBackend().client;
const setData =
  (data: string) =>
  async (key: string): Promise<unknown> =>
    (await redis()).hset(key, { data });

describe.each(QUEUES)('a job of %s', (_, stage, of) => {
  it.each(DAMAGES)('whose data %s is a raw dead letter, at once and whole', async (__, stored, raw) => {
    await addDamaged(of(), setData(stored));
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    expect(await deadLetters()).toMatchObject([{ stage, undone: { type: 'raw', data: raw } }]);
    expect((await deadLetters())[0]?.code).toMatch(/_invalid$/);
    await waitFor(() => isEmpty(of()), { what: 'the queue to be empty' });
  });

  it('that has no hash any more is a dead letter', async () => {
    await addDamaged(of(), async (key) => (await redis()).del(key));
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
    await waitFor(() => isEmpty(of()), { what: 'the queue to be empty' });
  });
});

describe('a damaged job', () => {
  it('fails no job before it and none behind it', async () => {
    const queue = harness.queues.inbound;
    await queue.pause();
    const [one, other] = [newPhone(), newPhone()];
    const events = Array.from({ length: 6 }, (_, n) => inboundEvent(n % 2 ? one : other));
    for (const event of events) {
      await harness.enqueue(event);
      const { id = '' } = await queue.add('stop', {} as never);
      await setData(`{"payload":"${event.messageSid}`)(queue.toKey(id));
    }
    await queue.resume();
    await harness.settled(one, other);
    await waitFor(async () => (await deadLetters()).length === events.length, { what: 'the dead letters' });
    expect([harness.attribute(one), harness.attribute(other)]).toEqual([[true], [true]]);
    expect(await harness.metric('optout_events_total{outcome="duplicate"')).toBe(0);
    await waitFor(() => isEmpty(queue), { what: 'the queue to be empty' });
  });

  it.each(['opts', 'progress'])('runs when only its %s are no JSON', async (field) => {
    const phone = newPhone();
    const event = inboundEvent(phone);
    await addDamaged(harness.queues.inbound, async (key) => {
      await setData(JSON.stringify({ payload: event }))(key);
      await (await redis()).hset(key, { [field]: '{"a' });
    });
    await waitFor(() => harness.attribute(phone)[0] === true, { what: 'the opt-out' });
    await waitFor(() => isEmpty(harness.queues.inbound), { what: 'the queue to be empty' });
    expect(await deadLetters()).toEqual([]);
  });

  it.each(['opts', 'name', 'timestamp', 'priority', 'deid'])(
    'of a phone that has no %s runs, and the next one too',
    async (field) => {
      const phone = newPhone();
      await harness.enqueue(inboundEvent(phone));
      await harness.settled(phone);
      const queue = harness.queues.syncOf('default');
      const request = { version: 1, workspace: 'default', channel: 'sms', phone: E164.parse(phone) } as const;
      await queue.pause();
      await enqueueSync(harness.queues, request);
      const id = await queue.getDeduplicationJobId(`sms|${phone}`);
      await (await redis()).hdel(queue.toKey(id ?? ''), field);
      await queue.resume();
      await waitFor(() => isEmpty(queue), { what: 'the queue to be empty' });
      await harness.enqueue(inboundEvent(phone, { kind: 'start', occurredAt: Date.now() + 10 }));
      await harness.settled(phone);
      expect(harness.attribute(phone)).toEqual([false]);
      expect(await deadLetters()).toEqual([]);
    },
  );

  it.each([
    ['failures', 5],
    ['failures', [{ at: 'x' }]],
    ['transientSince', 'x'],
    ['run', 7],
    ['replayOf', {}],
  ])('whose %s are %j runs without them', async (name, value) => {
    const phone = newPhone();
    const event = inboundEvent(phone);
    const data = JSON.stringify({ payload: event, [name]: value });
    await addDamaged(harness.queues.inbound, setData(data));
    await waitFor(() => harness.attribute(phone)[0] === true, { what: 'the opt-out' });
    await waitFor(() => isEmpty(harness.queues.inbound), { what: 'the queue to be empty' });
  });

  it('keeps no delayed job of its queue from being promoted', async () => {
    const phone = newPhone();
    const queue = harness.queues.inbound;
    const damaged = await queue.add('job', {} as never, { delay: HOUR });
    await setData('{"pay')(queue.toKey(damaged.id ?? ''));
    await queue.add('stop', { payload: inboundEvent(phone) } as never, { delay: 2 * HOUR });
    await promoteDelayedJobs(queue);
    await waitFor(() => harness.attribute(phone)[0] === true, { what: 'the opt-out' });
    await waitFor(async () => (await deadLetters()).length === 1, { what: 'the dead letter' });
  });
});

describe('a job of replays', () => {
  it.each([...DAMAGES.map(([, stored]) => stored), '{"run":5}'])(
    'whose data is %s carries its run out',
    async (stored) => {
      const phone = newPhone();
      const event = inboundEvent(phone);
      const { deadLetters: store, runs, replays } = harness.queues;
      await store.put({
        version: 1,
        stage: 'record',
        code: 'internal_error',
        message: 'x',
        undone: { type: 'event', event },
        attempts: [],
        firstFailedAt: 1,
        lastFailedAt: 1,
      });
      const run = await runs.create({ filter: {}, by: 'Ann', why: 'x' });
      await replays.pause();
      await enqueueReplay(harness.queues, run.id);
      await setData(stored)(replays.toKey(run.id));
      await replays.resume();
      await waitFor(async () => (await runs.get(run.id))?.state === 'finished', { what: 'the run' });
      await waitFor(() => harness.attribute(phone)[0] === true, { what: 'the opt-out' });
      await waitFor(() => isEmpty(replays), { what: 'the queue to be empty' });
    },
  );
});
