import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { InboundEvent, type E164, type Subject } from '@optout-sync/shared/domain';
import { Ledger } from '@optout-sync/shared/ledger';
import { PassStore, UnappliedIndex, reconcileKey } from '@optout-sync/shared/reconcile';
import { messageSid } from '@optout-sync/twilio-simulator';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';
import type { ReconcileTimes } from './times';

const PHONE = '+14155550101';
const FAST: Partial<ReconcileTimes> = {
  roundMs: 50,
  leaseMs: 500,
  lagMs: 0,
  unappliedEveryMs: 50,
  unappliedAfterMs: 200,
};

const harnesses: Harness[] = [];
afterEach(async () => {
  const running = harnesses.splice(0);
  for (const { sandbox } of running) expect(sandbox.workspace().createdPeople()).toEqual([]);
  await Promise.all(running.map((harness) => harness.stop()));
});

async function start(
  env: Record<string, string> = {},
  reconcile: Partial<ReconcileTimes> = {},
): Promise<Harness> {
  const harness = await startHarness({ env, overrides: { reconcile: { ...FAST, ...reconcile } } });
  harnesses.push(harness);
  return harness;
}

const becomes = (harness: Harness, ...values: unknown[]): Promise<unknown> =>
  waitFor(() => JSON.stringify(harness.attribute(PHONE)) === JSON.stringify(values), {
    what: `the attributes ${JSON.stringify(values)}`,
  });
const passEnds = (harness: Harness, after = 0): Promise<unknown> =>
  waitFor(() => harness.logLines.slice(after).some((line) => line.includes('sweep ended')), {
    what: 'the end of a sweep',
  });

async function stopped(harness: Harness): Promise<void> {
  await harness.enqueue(inboundEvent(PHONE));
  await harness.settled(PHONE);
}

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

/** Second looks and forced syncs that have not ended. */
async function openWork(prefix: string): Promise<number> {
  const looks = await redis.zcard(reconcileKey(prefix, 'default', 'looks'));
  return looks + (await redis.hlen(reconcileKey(prefix, 'default', 'marks')));
}

const ENFORCE = { RECONCILE_PERIOD: '1s', RECONCILE_MODE: 'enforce' };
const OFF = { RECONCILE_PERIOD: 'off' };

describe('the sweep', () => {
  it('opts out a profile that gets a stopped number, and one that a merge left subscribed', async () => {
    const harness = await start(ENFORCE, { lookDelaysMs: [] });
    const workspace = harness.sandbox.workspace();
    await stopped(harness);
    const late = workspace.addPerson({ attributes: { phone: PHONE } });
    await becomes(harness, true);
    const primary = workspace.addPerson({ attributes: { sms_unsubscribe: false } });
    workspace.mergePeople(primary, late);
    await becomes(harness, true);
    expect(workspace.people()).toHaveLength(1);
    expect((await harness.entry(PHONE))?.history.map(({ outcome }) => outcome)).toEqual(['no_match']);
  });

  it('writes nothing in mode report, and counts what it found', async () => {
    const harness = await start({ RECONCILE_PERIOD: '1s', RECONCILE_MODE: 'report' }, { lookDelaysMs: [] });
    await stopped(harness);
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await waitFor(
      () =>
        harness.metric('optout_reconcile_drift_total{workspace="default",kind="missing",action="reported"'),
      { what: 'the drift' },
    );
    expect(harness.attribute(PHONE)).toEqual([undefined]);
  });

  it('only reports at first, then enforces, where no mode is configured', async () => {
    const harness = await start({ RECONCILE_PERIOD: '1s' }, { lookDelaysMs: [], firstReportMs: 2_000 });
    await stopped(harness);
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await becomes(harness, true);
    const found = (mode: string): boolean =>
      harness.logLines.some((line) => line.includes('drift found') && line.includes(`"mode":"${mode}"`));
    await waitFor(() => found('enforce'), { what: 'the log line' });
    expect(found('report')).toBe(true);
  });

  it('writes true again where the phone is the identifier', async () => {
    const harness = await startHarness({
      env: { ...ENFORCE, CUSTOMERIO_LOOKUP: 'phone_identifier' },
      sandbox: { phoneIsIdentifier: true },
      overrides: { reconcile: FAST },
    });
    harnesses.push(harness);
    await stopped(harness);
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE, sms_unsubscribe: false } });
    await becomes(harness, true);
  });

  it.each([{ running: '0' }, { running: '1', walked: '1' }])(
    'begins anew after a pass that Redis began with a clock hours ahead: %j',
    async (state) => {
      const prefix = `test-${randomUUID()}`;
      const first = await start({ QUEUE_PREFIX: prefix, RECONCILE_MODE: 'enforce' }, { lookDelaysMs: [] });
      await passEnds(first);
      await first.worker.stop();
      const later = Date.now() + 3 * 3_600_000;
      await redis.hset(reconcileKey(prefix, 'default', 'pass'), {
        ...state,
        ...{ startedAt: later, unendedSince: later, endedAt: later },
      });
      const before = first.logLines.length;
      await first.restart();
      await passEnds(first, before);
      const { startedAt, unendedSince } = await new PassStore(redis, prefix, 'default').read(0);
      expect(startedAt).toBeLessThan(later - 3_600_000);
      expect(unendedSince).toBeLessThanOrEqual(startedAt!);
    },
  );

  it('is continued by another worker when the one that holds the lease stops', async () => {
    const prefix = `test-${randomUUID()}`;
    const first = await start({ ...ENFORCE, QUEUE_PREFIX: prefix }, { lookDelaysMs: [], leaseMs: 10_000 });
    await passEnds(first);
    const second = await startHarness({
      env: {
        ...ENFORCE,
        QUEUE_PREFIX: prefix,
        CUSTOMERIO_APP_URL: first.sandbox.appUrl,
        CUSTOMERIO_TRACK_URL: first.sandbox.trackUrl,
      },
      overrides: { reconcile: { ...FAST, leaseMs: 10_000 } },
    });
    harnesses.push(second);
    const before = first.logLines.length;
    await passEnds(first, before);
    expect(second.logLines.join()).not.toContain('sweep started');
    await first.worker.stop();
    await passEnds(second);
  });
});

describe('a second look', () => {
  it('finds a profile that was created after nobody had the number, and keeps the outcome', async () => {
    const harness = await start(OFF, { lookDelaysMs: [100, 500, 1_000] });
    await stopped(harness);
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await becomes(harness, true);
    expect((await harness.entry(PHONE))?.history.map(({ outcome }) => outcome)).toEqual(['no_match']);
  });

  it('does not delay a START that arrives meanwhile, nor undo it', async () => {
    const prefix = `test-${randomUUID()}`;
    const harness = await start({ ...OFF, QUEUE_PREFIX: prefix }, { lookDelaysMs: [200] });
    await stopped(harness);
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await harness.enqueue(inboundEvent(PHONE, { kind: 'start' }));
    await harness.settled(PHONE);
    await waitFor(async () => (await openWork(prefix)) === 0, { what: 'the second look' });
    expect(harness.attribute(PHONE)).toEqual([false]);
  });
});

describe('an event in the ledger without a sync job', () => {
  /** Starts with what the record job leaves in the ledger when the master of the queue loses what came next. */
  async function startWithLost(env: Record<string, string>, isIndexed: boolean): Promise<Harness> {
    const prefix = `test-${randomUUID()}`;
    const subject: Subject = { workspace: 'default', channel: 'sms', phone: PHONE as E164 };
    const at = Date.now() - 60_000;
    const lost = inboundEvent(PHONE, { occurredAt: at, receivedAt: at });
    await new Ledger(redis, { prefix }).record(subject, lost);
    if (isIndexed) await new UnappliedIndex(redis, prefix).add(subject, at);
    const beforeStart = (sandbox: CustomerIoSandbox): void => {
      sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    };
    const harness = await startHarness({
      env: { ...env, QUEUE_PREFIX: prefix },
      overrides: { reconcile: FAST },
      beforeStart,
    });
    harnesses.push(harness);
    return harness;
  }

  it.each([
    ['is found by the index', OFF, true],
    ['is found by the sweep where the index lost it as well', ENFORCE, false],
  ])('%s and applied', async (_, env, isIndexed) => {
    const harness = await startWithLost(env, isIndexed);
    await becomes(harness, true);
    const drift = 'optout_reconcile_drift_total{workspace="default",kind="unapplied",action="requested"';
    expect(await harness.metric(drift)).toBe(1);
    expect((await harness.entry(PHONE))?.history.map(({ outcome }) => outcome)).toEqual(['applied']);
  });
});

describe('a STOP of a number that is opted out already', () => {
  it.each([
    ['is repeated by the same webhook', {}],
    ['comes by Event Streams as well', { source: 'event_stream' }],
    ['is a blocked send', { source: 'status_callback', messageSid: messageSid(), orderAt: 1_000 }],
  ] as const)('has the number compared at once when it %s', async (_, repetition) => {
    const harness = await start(OFF, { lookDelaysMs: [] });
    const stop = inboundEvent(PHONE);
    await harness.enqueue(stop);
    await harness.settled(PHONE);
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await harness.enqueue(InboundEvent.parse({ ...stop, ...repetition }));
    await becomes(harness, true);
    expect((await harness.entry(PHONE))?.version).toBe(1);
  });

  it('changes nothing where the number was written a moment ago', async () => {
    const harness = await start(OFF, { lookDelaysMs: [], lagMs: 60_000 });
    const stop = inboundEvent(PHONE);
    await harness.enqueue(stop);
    await harness.settled(PHONE);
    await harness.enqueue({ ...stop, source: 'event_stream' });
    await waitFor(() => harness.logLines.some((line) => line.includes('"duplicate"')), {
      what: 'the repetition',
    });
    expect(await harness.queues.syncOf('default').getJobCountByTypes()).toBe(0);
  });

  it('has the number compared once a minute at most', async () => {
    const harness = await start(OFF, { lookDelaysMs: [] });
    const stop = inboundEvent(PHONE);
    await harness.enqueue(stop);
    await harness.settled(PHONE);
    const later = (ms: number, source: InboundEvent['source']) => ({
      ...stop,
      source,
      receivedAt: stop.receivedAt + ms,
    });
    await harness.enqueue(later(1, 'webhook'));
    const checked = (): Promise<number | undefined> =>
      harness.metric('optout_reconcile_checked_total{workspace="default"');
    await waitFor(async () => (await checked()) === 1, { what: 'the comparison' });
    await harness.enqueue(later(2, 'event_stream'), later(3, 'backfill'));
    const duplicates = (): number => harness.logLines.filter((line) => line.includes('"duplicate"')).length;
    await waitFor(() => duplicates() === 3, { what: 'the repetitions' });
    expect(await harness.queues.syncOf('default').getJobCountByTypes()).toBe(0);
    expect(await checked()).toBe(1);
  });
});

it('a workspace that has a campaign alone is not compared, and the log says so', async () => {
  const harness = await startHarness({
    env: {
      CUSTOMERIO_SITE_ID: '',
      CUSTOMERIO_TRACK_API_KEY: '',
      CUSTOMERIO_APP_API_KEY: '',
      CUSTOMERIO_CAMPAIGN_WEBHOOK_URL: 'http://127.0.0.1:9/campaign',
    },
  });
  harnesses.push(harness);
  expect(harness.logLines.filter((line) => line.includes('not compared with the ledger'))).toHaveLength(1);
});
