import { randomUUID } from 'node:crypto';
import { waitFor } from '@optout-sync/local-runtime/process';
import { E164, type Subject } from '@optout-sync/shared/domain';
import { DestinationStore } from '@optout-sync/shared/ledger';
import { enqueueInboundBatch, enqueueReplay } from '@optout-sync/shared/queues';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { Redis } from 'ioredis';
import type { WorkerOverrides } from './context';
import { DestinationRequests } from './destinations/destination-requests';
import { startCampaignServer, type CampaignServer } from './test-support/campaign-server';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

jest.setTimeout(180_000);

const PHONE = '+14155550101';
let harness: Harness;
let campaign: CampaignServer;
const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());
beforeEach(async () => {
  campaign = await startCampaignServer();
});
afterEach(async () => {
  await harness.stop();
  campaign.stop();
});

async function start(env: Record<string, string>, overrides: WorkerOverrides = {}): Promise<void> {
  harness = await startHarness({ env: { RECONCILE_PERIOD: 'off', ...env }, overrides });
}
const withCampaign = (): Record<string, string> => ({ CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: campaign.url });
const NATIVE = { CUSTOMERIO_NATIVE_OPTOUTS: 'true' };

function addPeople(count: number, prefix = '+1415556'): string[] {
  const phones = Array.from({ length: count }, (_, n) => `${prefix}${String(1_000 + n)}`);
  for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
  return phones;
}
const areSet = (phones: readonly string[]): boolean =>
  phones.every((phone) => harness.attribute(phone)[0] === true);
const listed = (phone: string): string[][] =>
  harness.sandbox
    .workspace()
    .people()
    .filter(({ attributes }) => attributes.phone === phone)
    .map(({ optOuts }) => optOuts.map(({ from }) => from));
const subjectOf = (phone: string): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: E164.parse(phone),
});
const outcomes = async (phones: readonly string[]): Promise<unknown[]> =>
  Promise.all(phones.map(async (phone) => (await harness.entry(phone))?.history[0]?.outcome));

/** Replays all dead letters and waits for the end of the run. */
async function replayAll(): Promise<void> {
  const { runs } = harness.queues;
  const run = await runs.create({ filter: {}, rate: undefined, by: 'Ann', why: 'fixed' });
  await enqueueReplay(harness.queues, run.id);
  await waitFor(async () => (await runs.get(run.id))?.state === 'finished', { what: 'the end of the run' });
}
const deadLetterCount = async (): Promise<number> => (await harness.queues.deadLetters.size()).count;

describe('while an optional destination fails', () => {
  it('700 opt-outs are set and applied although the campaign answers 503, which then gets each call once', async () => {
    await start(withCampaign());
    campaign.status = 503;
    const phones = addPeople(700);
    await enqueueInboundBatch(
      harness.queues,
      phones.map((phone) => inboundEvent(phone)),
    );
    await waitFor(() => areSet(phones), { what: 'the attribute of all', timeoutMs: 30_000 });
    const syncs = harness.queues.syncOf('default');
    await waitFor(async () => (await syncs.count()) + (await syncs.getActiveCount()) === 0, {
      what: 'the end of all syncs',
    });
    expect(new Set(await outcomes(phones))).toEqual(new Set(['applied']));
    expect(campaign.received).toEqual([]);
    expect(await deadLetterCount()).toBe(0);
    campaign.status = undefined;
    await waitFor(() => campaign.received.length >= 700, { what: 'all calls', timeoutMs: 40_000 });
    expect(new Set(campaign.received.map(({ From }) => From))).toEqual(new Set(phones));
    expect(campaign.received).toHaveLength(700);
  });

  it('a write whose job was lost is found, also where the clock of the worker is an hour ahead', async () => {
    const realNow = Date.now.bind(Date);
    const wrong = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + 3_600_000);
    try {
      await start(NATIVE, { reconcile: { unappliedEveryMs: 100, unappliedAfterMs: 1_000 } });
      const queue = harness.queues.destinationOf('native', 'default');
      await queue.pause();
      const [phone] = addPeople(1) as [string];
      await harness.enqueue(inboundEvent(phone, { receivedAt: realNow() }));
      await waitFor(async () => (await queue.count()) === 1, { what: 'the job' });
      await queue.drain();
      await queue.resume();
      await waitFor(() => listed(phone)[0]?.length === 1, { what: 'the native list' });
    } finally {
      wrong.mockRestore();
    }
  });

  it('a 403 for the native list pauses that operation alone', async () => {
    await start(NATIVE, { circuitTimes: { blockedProbeMs: 500 } });
    const fault = harness.sandbox.fault({
      match: { operation: 'optouts_set' },
      effect: { kind: 'status', status: 403 },
    });
    const phones = addPeople(6);
    for (const phone of phones) {
      await harness.enqueue(inboundEvent(phone));
      await harness.settled(phone);
    }
    await waitFor(() => harness.logLines.some((line) => line.includes('"operation":"optouts"')), {
      what: 'the pause',
    });
    const later = addPeople(20, '+1415557');
    await harness.enqueue(...later.map((phone) => inboundEvent(phone)));
    await harness.settled(...later);
    expect(areSet([...phones, ...later])).toBe(true);
    expect(new Set(await outcomes(later))).toEqual(new Set(['applied']));
    expect(await deadLetterCount()).toBe(0);
    fault.remove();
    await waitFor(() => [...phones, ...later].every((phone) => listed(phone)[0]?.length === 1), {
      what: 'the native list of all',
      timeoutMs: 30_000,
    });
  });

  it('look-ups go before the native list of a number that many share', async () => {
    await start({ ...NATIVE, CUSTOMERIO_APP_RPS: '10' });
    const shared = '+14155550199';
    for (let n = 0; n < 60; n++) harness.sandbox.workspace().addPerson({ attributes: { phone: shared } });
    const phones = addPeople(3);
    const lists = (): number => harness.sandbox.requests({ operation: 'optouts_set' }).length;
    await harness.enqueue(inboundEvent(shared));
    await waitFor(() => lists() > 0, { what: 'the first entry of the list' });
    for (const phone of phones) {
      await harness.enqueue(inboundEvent(phone));
      await harness.settled(phone);
    }
    expect(areSet(phones)).toBe(true);
    expect(lists()).toBeLessThan(60);
  });
});

describe('a dead letter of an optional destination', () => {
  it('is replayed to that destination alone', async () => {
    await start({ ...withCampaign(), ...NATIVE });
    addPeople(1);
    campaign.answers.push(404);
    await harness.enqueue(inboundEvent('+14155561000'));
    await waitFor(async () => (await deadLetterCount()) === 1, { what: 'the dead letter' });
    await waitFor(() => listed('+14155561000')[0]?.length === 1, { what: 'the native list' });
    const before = harness.sandbox.requests().length;
    await replayAll();
    await waitFor(() => campaign.received.length === 1, { what: 'the call' });
    expect(await deadLetterCount()).toBe(0);
    expect(harness.sandbox.requests()).toHaveLength(before);
  });

  it('that is replayed as a raw payload and fails again keeps the earlier attempts', async () => {
    await start(withCampaign());
    const [phone] = addPeople(1) as [string];
    campaign.answers.push(404, 404);
    await harness.enqueue(inboundEvent(phone));
    await waitFor(async () => (await deadLetterCount()) === 1, { what: 'the dead letter' });
    const only = async () => (await harness.queues.deadLetters.page({ limit: 5 })).deadLetters;
    const [parsed] = await only();
    await harness.queues.deadLetters.discard({ ids: [parsed!.id] });
    await harness.queues.deadLetters.put({
      ...parsed!.deadLetter,
      undone: { type: 'raw', data: { version: 1, ...subjectOf(phone) } },
      attempts: [{ at: 1, code: 'sync_request_version_unknown' }],
      firstFailedAt: 1,
    });
    await replayAll();
    await waitFor(async () => (await only())[0]?.deadLetter.undone.type === 'destination', {
      what: 'the dead letter of the parsed payload',
    });
    const [{ deadLetter }] = (await only()) as [Awaited<ReturnType<typeof only>>[number]];
    expect(deadLetter).toMatchObject({
      firstFailedAt: 1,
      attempts: [{ code: 'sync_request_version_unknown' }, { code: 'customerio_refused' }],
    });
  });

  it('of the native list has its own stage, and a newer opt-out writes what it lacks', async () => {
    await start(NATIVE);
    const [phone] = addPeople(1) as [string];
    const refusal = { errors: [{ detail: 'invalid sender', status: '400' }] };
    harness.sandbox.fault({
      match: { operation: 'optouts_set' },
      effect: { kind: 'status', status: 400, body: refusal },
      times: 1,
    });
    await harness.enqueue(inboundEvent(phone, { sender: 'MG1' }));
    await waitFor(async () => (await deadLetterCount()) === 1, { what: 'the dead letter' });
    const [stored] = (await harness.queues.deadLetters.page({ filter: { stage: 'native' }, limit: 5 }))
      .deadLetters;
    expect(stored?.deadLetter).toMatchObject({ stage: 'native', undone: { destination: 'native' } });
    expect(await outcomes([phone])).toEqual(['applied']);
    await harness.enqueue(inboundEvent(phone, { sender: 'MG2' }));
    await waitFor(() => listed(phone)[0]?.length === 2, { what: 'both senders' });
  });

  it('stays when its destination is not configured any more', async () => {
    await start({});
    await harness.queues.deadLetters.put({
      version: 1,
      stage: 'campaign',
      code: 'customerio_refused',
      message: 'answered 404',
      undone: {
        type: 'destination',
        destination: 'campaign',
        request: { version: 1, ...subjectOf(PHONE) },
        messageSids: [],
      },
      attempts: [],
      firstFailedAt: 1,
      lastFailedAt: 1,
    });
    await replayAll();
    expect(await deadLetterCount()).toBe(1);
    const [run] = await harness.queues.runs.list(1);
    expect(run).toMatchObject({ done: 0, failed: 1 });
  });

  it('of a sync, as an older version stored it, is replayed like before', async () => {
    await start(withCampaign());
    const [phone] = addPeople(1) as [string];
    const stop = inboundEvent(phone);
    await harness.ledger.record(subjectOf(phone), stop);
    await harness.ledger.markDeadLettered(subjectOf(phone), 1);
    await harness.queues.deadLetters.put({
      version: 1,
      stage: 'sync',
      code: 'customerio_refused',
      message: 'answered 400',
      undone: {
        type: 'sync',
        request: { version: 1, ...subjectOf(phone) },
        messageSids: [stop.messageSid],
      },
      attempts: [],
      firstFailedAt: 1,
      lastFailedAt: 1,
    });
    await replayAll();
    await waitFor(() => campaign.received.length === 1, { what: 'the call' });
    expect(areSet([phone])).toBe(true);
    expect(await outcomes([phone])).toEqual(['applied']);
  });
});

describe('an optional destination', () => {
  it('that is switched on gets newer messages only', async () => {
    const prefix = { QUEUE_PREFIX: `test-${randomUUID()}` };
    await start(prefix);
    await harness.enqueue(inboundEvent(PHONE, { sender: 'MG1' }));
    await harness.settled(PHONE);
    await harness.stop();
    await start({ ...prefix, ...withCampaign() });
    await harness.force(PHONE);
    await harness.enqueue(inboundEvent(PHONE, { sender: 'MG2' }));
    await waitFor(() => campaign.received.length > 0, { what: 'the call' });
    const written = async () => (await harness.entry(PHONE))?.destinations?.campaign?.appliedVersion === 2;
    await waitFor(written, { what: 'the mark' });
    expect(campaign.received.map(({ To }) => To)).toEqual(['MG2']);
  });

  it('gets what a worker that died had applied and not requested', async () => {
    const prefix = `test-${randomUUID()}`;
    const times = { roundMs: 50, unappliedEveryMs: 50, unappliedAfterMs: 50 };
    await start({ QUEUE_PREFIX: prefix, ...withCampaign() }, { reconcile: times });
    const subject = subjectOf(PHONE);
    await harness.ledger.record(subject, inboundEvent(PHONE));
    // The steps of a sync up to the death.
    await new UnappliedIndex(redis, prefix, 'campaign').add(subject, Date.now());
    await harness.ledger.markApplied(subject, 1, { outcome: 'no_match', people: [] }, [
      { name: 'campaign', toPeople: false },
    ]);
    await waitFor(() => campaign.received.length === 1, { what: 'the call' });
    const waiting = () =>
      new UnappliedIndex(redis, prefix, 'campaign').list('default', {
        before: Infinity,
        offset: 0,
        limit: 1,
      });
    await waitFor(async () => (await waiting()).length === 0, { what: 'an empty index' });
  });

  it('lists the opt-outs of somebody whom a comparison finds, by a job in the background', async () => {
    await start(NATIVE);
    const [phone] = addPeople(1) as [string];
    await harness.enqueue(inboundEvent(phone, { sender: 'MG1' }));
    await waitFor(() => listed(phone)[0]?.length === 1, { what: 'the first profile' });
    await harness.enqueue(inboundEvent(phone, { sender: 'MG2', kind: 'start' }));
    await harness.settled(phone);
    harness.sandbox.workspace().addPerson({ id: 'late', attributes: { phone } });
    const bodies = () => harness.sandbox.requests({ operation: 'optouts_set' }).map(({ body }) => body);
    const holdsStart = async () => (await harness.entry(phone))?.destinations?.native?.appliedVersion === 2;
    await waitFor(holdsStart, { what: 'the START in the native list' });
    const before = bodies().length;
    await harness.force(phone);
    await waitFor(() => listed(phone)[1]?.length === 1, { what: 'the late profile' });
    expect(bodies().slice(before)).toEqual([{ optouts: [{ from: 'MG1', optout: true, channel: 'sms' }] }]);
    const entry = await harness.entry(phone);
    expect(entry?.people).toHaveLength(2);
  });

  it('to people is caught up on request, with the opt-outs alone', async () => {
    const prefix = `test-${randomUUID()}`;
    await start({ QUEUE_PREFIX: prefix, ...NATIVE });
    const [phone] = addPeople(1) as [string];
    await harness.enqueue(inboundEvent(phone, { sender: 'MG1' }));
    await harness.settled(phone);
    await harness.enqueue(inboundEvent(phone, { sender: 'MG2', kind: 'start' }));
    const native = async () => (await harness.entry(phone))?.destinations?.native;
    await waitFor(async () => (await native())?.appliedVersion === 2, { what: 'both versions' });
    const bodies = () => harness.sandbox.requests({ operation: 'optouts_set' }).map(({ body }) => body);
    const before = bodies().length;
    const requests = new DestinationRequests({
      queues: harness.queues,
      indexes: {
        native: new UnappliedIndex(redis, prefix, 'native'),
        campaign: new UnappliedIndex(redis, prefix, 'campaign'),
        events: new UnappliedIndex(redis, prefix, 'events'),
        twilio_consents: new UnappliedIndex(redis, prefix, 'twilio_consents'),
      },
      store: new DestinationStore(redis, { prefix }),
      now: Date.now,
    });
    await requests.restart(subjectOf(phone), 'native');
    await waitFor(async () => (await native())?.people?.length === 1, { what: 'the catch-up' });
    expect(bodies().slice(before)).toEqual([{ optouts: [{ from: 'MG1', optout: true, channel: 'sms' }] }]);
  });

  it('to people finds them by itself where the phone is the identifier', async () => {
    harness = await startHarness({
      env: { CUSTOMERIO_LOOKUP: 'phone_identifier', RECONCILE_PERIOD: 'off', ...NATIVE },
      sandbox: { phoneIsIdentifier: true },
    });
    const [phone] = addPeople(1) as [string];
    await harness.enqueue(inboundEvent(phone, { sender: 'MG1' }));
    await waitFor(() => listed(phone)[0]?.length === 1, { what: 'the native list' });
    expect(areSet([phone])).toBe(true);
    expect(await outcomes([phone])).toEqual(['applied']);
  });
});
