import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { SandboxOptions, SandboxWorkspace } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { PeopleChange, enqueuePeopleBatch } from '@optout-sync/shared/queues';
import { reconcileKey } from '@optout-sync/shared/reconcile';
import { requeue } from '../replay/requeue';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const [PHONE, OTHER] = ['+14155550101', '+14155550102'];
const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let harness: Harness;
let workspace: SandboxWorkspace;
let prefix: string;
afterEach(async () => {
  expect(workspace.createdPeople()).toEqual([]);
  await harness.stop();
});

async function start(
  options: {
    env?: Record<string, string>;
    sandbox?: SandboxOptions;
    personLookDelaysMs?: readonly number[];
  } = {},
): Promise<void> {
  const { env, sandbox, personLookDelaysMs = [] } = options;
  prefix = `test-${randomUUID()}`;
  harness = await startHarness({
    env: { RECONCILE_PERIOD: 'off', QUEUE_PREFIX: prefix, ...env },
    ...(sandbox && { sandbox }),
    overrides: { reconcile: { roundMs: 50, lookDelaysMs: [], personLookDelaysMs } },
  });
  workspace = harness.sandbox.workspace();
}

/** Opts a number out before anybody has it. */
async function stopped(phone = PHONE): Promise<void> {
  await harness.enqueue(inboundEvent(phone));
  await harness.settled(phone);
}

async function report(...people: object[]): Promise<void> {
  const change = PeopleChange.parse({ version: 1, id: randomUUID(), workspace: 'default', people });
  await enqueuePeopleBatch(harness.queues, [change]);
}

const counted = (outcome: string): Promise<number | undefined> =>
  harness.metric(`optout_people_changes_total{workspace="default",outcome="${outcome}"`);
const untilCounted = (outcome: string, people = 1): Promise<unknown> =>
  waitFor(async () => (await counted(outcome)) === people, {
    what: `${String(people)} people ${outcome}`,
    timeoutMs: 90_000,
  });
const becomes = (cioId: string, value: unknown): Promise<unknown> =>
  waitFor(() => workspace.person(cioId)?.attributes.sms_unsubscribe === value, { what: String(value) });
/** Waits until nothing is requested any more. */
const untilIdle = (): Promise<unknown> =>
  waitFor(
    async () => {
      const open = await Promise.all([
        redis.hlen(reconcileKey(prefix, 'default', 'marks')),
        redis.zcard(reconcileKey(prefix, 'default', 'person-looks')),
        harness.queues.people.getJobCountByTypes('wait', 'prioritized', 'active', 'delayed'),
      ]);
      return open.every((count) => count === 0);
    },
    { what: 'the end of all comparisons' },
  );
const appRequests = (): number => workspace.rates().app.total;
const writes = (): number => workspace.rates().track.total;

describe('a person who gets a stopped number', () => {
  it('is opted out by cio_id although the search does not find the person yet', async () => {
    await start();
    await stopped();
    workspace.lagIndex(3_600_000);
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await report({ phone: PHONE, cioId });
    await becomes(cioId, true);
    await untilIdle();
    expect(await harness.entry(PHONE)).toMatchObject({ version: 1, people: [cioId] });
    expect((await harness.entry(PHONE))?.history.map(({ outcome }) => outcome)).toEqual(['no_match']);
  });

  it('is opted out over another value, and a START wins over that', async () => {
    await start();
    await stopped();
    const attributesAt = Math.floor(Date.now() / 1_000) + 3_600;
    const cioId = workspace.addPerson({ attributes: { phone: PHONE, sms_unsubscribe: false }, attributesAt });
    await report({ phone: PHONE, cioId });
    await becomes(cioId, true);
    await harness.enqueue(inboundEvent(PHONE, { kind: 'start' }));
    await becomes(cioId, false);
  });

  it('is not written to when the number that is read by cio_id is another one', async () => {
    await start({ personLookDelaysMs: [100] });
    await stopped();
    workspace.lagIndex(3_600_000);
    const cioId = workspace.addPerson({ attributes: { phone: OTHER } });
    const optedOut = workspace.addPerson({ attributes: { phone: OTHER, sms_unsubscribe: true } });
    const before = writes();
    await report({ phone: PHONE, cioId }, { phone: PHONE, cioId: optedOut }, { phone: PHONE, cioId: 'gone' });
    await untilCounted('requested', 3);
    await untilIdle();
    expect(writes()).toBe(before);
    expect((await harness.entry(PHONE))?.people).toEqual([]);
    expect(await harness.metric('optout_reconcile_drift_total{')).toBe(0);
  });

  it('is found by a later search without a cio_id, when the index lags', async () => {
    await start({ personLookDelaysMs: [200, 1_500] });
    await stopped();
    workspace.lagIndex(1_000);
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await report({ phone: PHONE });
    await becomes(cioId, true);
    await untilIdle();
  });

  it('is read again by a later look when the first comparison came too early', async () => {
    await start({ personLookDelaysMs: [200, 2_000, 5_000, 10_000, 20_000] });
    await stopped();
    workspace.lagIndex(3_600_000);
    const cioId = workspace.addPerson({ attributes: { phone: OTHER } });
    await report({ phone: PHONE, cioId });
    await untilCounted('requested');
    await waitFor(async () => (await redis.hlen(reconcileKey(prefix, 'default', 'marks'))) === 0, {
      what: 'the first comparison',
    });
    workspace.setAttributes(cioId, { phone: PHONE });
    await becomes(cioId, true);
  });

  it('costs one comparison when the first one found the person', async () => {
    await start({ personLookDelaysMs: [2_000] });
    await stopped();
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await report({ phone: PHONE, cioId });
    await becomes(cioId, true);
    await untilIdle();
    expect(await harness.metric('optout_reconcile_checked_total{workspace="default"')).toBe(1);
  });

  it('is opted out on WhatsApp too, where only that is stopped', async () => {
    await start();
    await harness.enqueue(inboundEvent(PHONE, { channel: 'whatsapp' }));
    const subject = { workspace: 'default', channel: 'whatsapp', phone: PHONE as never } as const;
    await waitFor(async () => (await harness.ledger.read(subject))?.appliedVersion === 1, {
      what: 'the STOP',
    });
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await report({ phone: PHONE, cioId });
    await waitFor(() => workspace.person(cioId)?.attributes.whatsapp_unsubscribe === true, { what: 'true' });
    expect(workspace.person(cioId)?.attributes.sms_unsubscribe).toBeUndefined();
  });

  it('is written to where the phone is the identifier', async () => {
    await start({ env: { CUSTOMERIO_LOOKUP: 'phone_identifier' }, sandbox: { phoneIsIdentifier: true } });
    await stopped();
    const cioId = workspace.addPerson({ attributes: { phone: PHONE, sms_unsubscribe: false } });
    await report({ phone: PHONE });
    await becomes(cioId, true);
  });

  it('is only counted in mode report', async () => {
    await start({ env: { RECONCILE_MODE: 'report' } });
    await stopped();
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await report({ phone: PHONE, cioId });
    const drift = 'optout_reconcile_drift_total{workspace="default",kind="missing",action="reported"';
    await waitFor(() => harness.metric(drift), { what: 'the drift' });
    expect(workspace.person(cioId)?.attributes.sms_unsubscribe).toBeUndefined();
  });
});

describe('a person who had a stopped number before', () => {
  it('keeps the value: nothing is written', async () => {
    await start();
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await stopped();
    await becomes(cioId, true);
    workspace.setAttributes(cioId, { phone: OTHER });
    const before = writes();
    await report({ phone: OTHER, previousPhone: PHONE, cioId });
    const drift = 'optout_reconcile_drift_total{workspace="default",kind="orphaned",action="reported"';
    await waitFor(() => harness.metric(drift), { what: 'the drift' });
    await untilIdle();
    expect(writes()).toBe(before);
    expect(workspace.person(cioId)?.attributes.sms_unsubscribe).toBe(true);
  });

  it('is opted out when the reports of two changes arrive in the wrong order', async () => {
    await start();
    await stopped();
    workspace.lagIndex(3_600_000);
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await report({ phone: OTHER, previousPhone: PHONE, cioId });
    await becomes(cioId, true);
  });
});

describe('people without a stopped number', () => {
  it('cost no request to Customer.io, however many they are', async () => {
    await start();
    await harness.enqueue(inboundEvent(PHONE, { kind: 'start' }), inboundEvent(OTHER, { kind: 'help' }));
    await harness.settled(PHONE, OTHER);
    const before = [appRequests(), writes()];
    const strangers = Array.from({ length: 998 }, (_, n) => ({
      phone: `+1415666${String(1_000 + n)}`,
      cioId: 'x',
    }));
    await report({ phone: PHONE }, { phone: OTHER }, ...strangers);
    await untilCounted('not_opted_out', 1_000);
    await untilIdle();
    expect([appRequests(), writes()]).toEqual(before);
    expect(await redis.keys(`${prefix}:reconcile:*newcomers*`)).toEqual([]);
  });

  it('are nothing to a workspace that has a campaign alone', async () => {
    const noKeys = { CUSTOMERIO_SITE_ID: '', CUSTOMERIO_TRACK_API_KEY: '', CUSTOMERIO_APP_API_KEY: '' };
    await start({ env: { ...noKeys, CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'http://127.0.0.1:9/campaign' } });
    await report({ phone: PHONE });
    await untilCounted('not_compared');
  });
});

it('a replayed change is compared in the background', async () => {
  await start();
  await stopped();
  const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
  const people = [{ phone: PHONE, cioId }];
  const change = PeopleChange.parse({ version: 1, id: randomUUID(), workspace: 'default', people });
  const context = {
    queues: harness.queues,
    workspaceOf: () => 'default',
    workspaces: new Set(['default']),
    hasDestination: () => false,
  };
  const deadLetter = {
    version: 1 as const,
    stage: 'people' as const,
    code: 'internal_error',
    message: 'x',
    attempts: [] as { at: number; code: string }[],
    firstFailedAt: 1,
    lastFailedAt: 1,
  };
  expect(
    await requeue(
      context,
      [{ id: 'dl-1', deadLetter: { ...deadLetter, undone: { type: 'people', change } } }],
      'run-1',
    ),
  ).toEqual([undefined]);
  await becomes(cioId, true);
});

it('a change in no known form becomes a dead letter, and one of an unknown workspace waits', async () => {
  await start();
  const options = { removeOnComplete: true };
  await harness.queues.people.add('people', { payload: { version: 1 } as never }, options);
  await waitFor(async () => (await harness.queues.deadLetters.size()).count === 1, {
    what: 'the dead letter',
  });
  const page = await harness.queues.deadLetters.page({ filter: {}, limit: 1 });
  expect(page.deadLetters[0]?.deadLetter).toMatchObject({
    stage: 'people',
    code: 'people_change_invalid',
    undone: { type: 'raw' },
  });
  const people = [{ phone: PHONE as never }];
  await enqueuePeopleBatch(harness.queues, [{ version: 1, id: 'x', workspace: 'initech', people }]);
  await waitFor(async () => (await harness.queues.people.getDelayedCount()) === 1, {
    what: 'the delayed job',
  });
});
