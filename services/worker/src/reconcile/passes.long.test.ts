import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import type { E164, Subject } from '@optout-sync/shared/domain';
import { Findings, PassRequests, type RequestedPass } from '@optout-sync/shared/reconcile';
import { logged, workerGroup, type WorkerGroup } from '../test-support/reconcile-harness';
import { inboundEvent, type Harness } from '../test-support/worker-harness';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

let group: WorkerGroup;
beforeEach(() => {
  group = workerGroup();
});
afterEach(async () => {
  expect(group.sandbox.workspace().createdPeople()).toEqual([]);
  await group.stop();
});

const PHONE = '+14155550101';
const phoneOf = (n: number): string => `+1415555${String(n).padStart(4, '0')}`;
const subjectOf = (phone: string): Subject => ({
  workspace: 'default',
  channel: 'sms',
  phone: phone as E164,
});
const passes = (): PassRequests => new PassRequests(redis, group.prefix);
const findings = (): Findings => new Findings(redis, group.prefix);

async function stopped(harness: Harness, ...phones: string[]): Promise<void> {
  await harness.enqueue(...phones.map((phone) => inboundEvent(phone)));
  await harness.settled(...phones);
}
/** The attribute of everyone with the number, in the sandbox that all workers of the group use. */
const values = (phone: string, name = 'sms_unsubscribe'): unknown[] =>
  group.sandbox
    .workspace()
    .people()
    .filter(({ attributes }) => attributes.phone === phone)
    .map(({ attributes }) => attributes[name]);
const isTrue = (phone: string, name?: string): Promise<unknown> =>
  waitFor(() => JSON.stringify(values(phone, name)) === '[true]', { what: 'the opt-out' });
async function ended(id: string): Promise<RequestedPass> {
  const read = async (): Promise<RequestedPass | undefined> => {
    const pass = await passes().read('default');
    return pass?.id === id && pass.state === 'ended' ? pass : undefined;
  };
  await waitFor(async () => Boolean(await read()), { what: 'the end of the pass', timeoutMs: 20_000 });
  return (await read())!;
}

describe('a pass that an operator asks for', () => {
  it('only reports in mode report, and corrects in mode enforce, with counts of both', async () => {
    const harness = await group.start({ RECONCILE_PERIOD: 'off' });
    await stopped(harness, phoneOf(1), phoneOf(2), phoneOf(3));
    const workspace = group.sandbox.workspace();
    workspace.addPerson({ attributes: { phone: phoneOf(1) } });
    workspace.addPerson({ attributes: { phone: phoneOf(2), sms_unsubscribe: false } });

    const report = await passes().request('default', { mode: 'report', by: 'ann' });
    const counts = { missing: 1, reverted: 1, orphaned: 0, looser_policy: 0, unapplied: 0 };
    const none = { missing: 0, reverted: 0, orphaned: 0, looser_policy: 0, unapplied: 0 };
    expect(await ended(report.id)).toMatchObject({
      by: 'ann',
      examined: 3,
      estimated: 3,
      requested: 3,
      checked: 3,
      unverified: 0,
      found: counts,
      repaired: none,
    });
    expect(values(phoneOf(1))).toEqual([undefined]);
    expect(await findings().count('default')).toMatchObject({ missing: 1, reverted: 1 });

    const enforce = await passes().request('default', { mode: 'enforce', by: 'ann' });
    expect(await ended(enforce.id)).toMatchObject({ checked: 3, found: counts, repaired: counts });
    expect(values(phoneOf(1))).toEqual([true]);
    expect(values(phoneOf(2))).toEqual([true]);
    expect(await findings().count('default')).toMatchObject({ missing: 0, reverted: 0 });
  });

  it('is continued by another worker when the one that carries it out is gone', async () => {
    // One phone a round, and the searches take their time: the first worker cannot end it.
    const slow = { RECONCILE_PERIOD: 'off', CUSTOMERIO_APP_RPS: '4' };
    const first = await group.start(slow, { roundMs: 20, leaseMs: 300 });
    const phones = Array.from({ length: 12 }, (_, n) => phoneOf(n));
    await stopped(first, ...phones);
    for (const phone of phones) group.sandbox.workspace().addPerson({ attributes: { phone } });
    const { id } = await passes().request('default', { mode: 'enforce', by: 'ann' });
    await waitFor(async () => ((await passes().read('default'))?.examined ?? 0) > 0, {
      what: 'the first page',
    });
    await first.worker.stop();
    const before = await passes().read('default');
    expect(before?.state).toBe('running');
    await group.start(slow, { roundMs: 20, leaseMs: 300 });
    const pass = await ended(id);
    expect(pass.startedAt).toBe(before?.startedAt);
    expect(pass.repaired.missing).toBe(12);
    for (const phone of phones) expect(values(phone)).toEqual([true]);
  });

  it('counts apart, and not as drift, a phone that shows another value just after our own write', async () => {
    const harness = await group.start({ RECONCILE_PERIOD: 'off' }, { lagMs: 3_600_000 });
    const workspace = group.sandbox.workspace();
    const person = workspace.addPerson({ attributes: { phone: PHONE } });
    workspace.addPerson({ attributes: { phone: phoneOf(2) } });
    await stopped(harness, PHONE, phoneOf(2));
    workspace.setAttributes(person, { sms_unsubscribe: false });
    const { id } = await passes().request('default', { mode: 'report', by: 'ann' });
    expect(await ended(id)).toMatchObject({ checked: 2, settling: 1, found: { missing: 0, reverted: 0 } });
  });

  it('ends when it is cancelled, and a new one can be asked for', async () => {
    const harness = await group.start({ RECONCILE_PERIOD: 'off' });
    await stopped(harness, PHONE);
    group.sandbox.fault({
      match: { operation: 'search' },
      effect: { kind: 'status', status: 500 },
      times: 3,
    });
    const { id } = await passes().request('default', { mode: 'enforce', by: 'ann' });
    await waitFor(async () => (await passes().read('default'))?.state === 'running', { what: 'its start' });
    expect(await passes().cancel('default', id)).toBe(true);
    const next = await passes().request('default', { mode: 'report', by: 'bob' });
    expect(next.isNew).toBe(true);
    expect((await ended(next.id)).by).toBe('bob');
  });

  it('finds an event that waits without a job, and has it applied', async () => {
    const harness = await group.start({ RECONCILE_PERIOD: 'off' });
    group.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    const at = Date.now() - 60_000;
    await harness.ledger.record(subjectOf(PHONE), inboundEvent(PHONE, { occurredAt: at, receivedAt: at }));
    const { id } = await passes().request('default', { mode: 'enforce', by: 'ann' });
    expect((await ended(id)).found.unapplied).toBe(1);
    await isTrue(PHONE);
  });
});

it.each([
  ['has its sync', true],
  ['waits without one', false],
])(
  'a pass opts out over a value set since a STOP that is not applied yet, when that %s',
  async (_, isQueued) => {
    const harness = await group.start({ RECONCILE_PERIOD: 'off' });
    const workspace = group.sandbox.workspace();
    const at = Date.now() - 3_600_000;
    const stop = inboundEvent(PHONE, { occurredAt: at, receivedAt: at });
    workspace.addPerson({
      attributes: { phone: PHONE, sms_unsubscribe: false },
      attributesAt: at / 1_000 + 1_800,
    });
    group.sandbox.fault({
      match: { operation: 'search' },
      effect: { kind: 'status', status: 500 },
      times: 1,
    });
    if (isQueued) {
      await harness.enqueue(stop);
      await waitFor(() => group.sandbox.requests({ operation: 'search' }).length > 0, {
        what: 'a failed try',
      });
    } else await harness.ledger.record(subjectOf(PHONE), stop);
    const { id } = await passes().request('default', { mode: 'enforce', by: 'ann' });
    expect(await ended(id)).toMatchObject({ requested: 1, checked: 1 });
    await isTrue(PHONE);
    expect((await harness.entry(PHONE))?.history.map(({ outcome }) => outcome)).toEqual(['applied']);
  },
);

describe('a changed configuration', () => {
  const RENAMED = { CUSTOMERIO_SMS_ATTRIBUTE: 'text_opt_out' };

  it('begins a pass at once, though the period is long', async () => {
    const first = await group.start();
    group.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await stopped(first, PHONE);
    await logged(first, 'sweep ended');
    await first.worker.stop();
    const second = await group.start(RENAMED);
    await isTrue(PHONE, 'text_opt_out');
    await logged(second, 'sweep started: the configuration has changed');
    await logged(second, 'sweep ended');
    expect(await second.metric('optout_reconcile_never_verified{workspace="default"')).toBe(0);
  });

  it('replaces the pass that is under way', async () => {
    // Its pass is spread over the period, so it is under way for long.
    const first = await group.start({ CUSTOMERIO_APP_RPS: '4' });
    await stopped(first, phoneOf(1), phoneOf(2), phoneOf(3));
    await logged(first, 'sweep started');
    await first.worker.stop();
    const second = await group.start(RENAMED);
    await logged(second, 'sweep started: the configuration has changed');
    await logged(second, 'sweep ended');
  });

  it('that stays the same begins none, and neither does the first start of a workspace begin two', async () => {
    const first = await group.start();
    await stopped(first, PHONE);
    await logged(first, 'sweep ended');
    await first.worker.stop();
    const second = await group.start();
    const checked = await second.metric('optout_reconcile_checked_total{workspace="default"');
    const { id } = await passes().request('default', { mode: 'report', by: 'ann' });
    await ended(id);
    for (const { logLines } of [first, second]) {
      expect(logLines.join()).not.toContain('the configuration has changed');
    }
    expect(second.logLines.join()).not.toContain('sweep started');
    expect(checked).toBe(0);
  });
});

describe('the first pass of a workspace', () => {
  it('reports its findings with a sample and a gauge, and enforces only when its time is over, also after a restart', async () => {
    const unset = { RECONCILE_MODE: '' };
    const first = await group.start(unset, { firstReportMs: 3_600_000 });
    await stopped(first, PHONE);
    await logged(first, 'sweep ended');
    const late = group.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await first.worker.stop();

    // Another attribute begins a pass, and not the hour.
    const renamed = { ...unset, CUSTOMERIO_SMS_ATTRIBUTE: 'text_opt_out' };
    const second = await group.start(renamed, { firstReportMs: 3_600_000 });
    expect(await logged(second, 'sweep ended')).toMatchObject({
      mode: 'report',
      found: { missing: 1 },
      repaired: {},
      sample: [{ channel: 'sms', phone: '+1415*****01', kind: 'missing', people: 1 }],
    });
    await waitFor(
      async () => (await second.metric('optout_reconcile_findings{workspace="default",kind="missing"')) === 1,
      { what: 'the gauge' },
    );
    expect(group.sandbox.workspace().person(late)?.attributes).not.toHaveProperty('text_opt_out');
    await second.worker.stop();

    const third = await group.start(renamed, { firstReportMs: 1 });
    await isTrue(PHONE, 'text_opt_out');
    expect(await logged(third, 'sweep ended')).toMatchObject({ mode: 'enforce', repaired: { missing: 1 } });
    expect(third.logLines.join()).not.toContain('"mode":"report"');
  });
});

it('a phone whose comparison always fails delays the end of a sweep, which is an overrun, and not the next one', async () => {
  const [bad, good] = [phoneOf(1), phoneOf(2)];
  const harness = await group.start({ RECONCILE_PERIOD: '1s', LOOKUP_BATCH: '1' }, { stallMs: 500 });
  await stopped(harness, bad, good);
  await logged(harness, 'sweep ended');
  const fault = group.sandbox.fault({
    match: { operation: 'search', bodyIncludes: bad },
    effect: { kind: 'status', status: 500 },
  });
  await waitFor(() => fault.hits > 0, { what: 'a failed comparison' });
  const before = harness.logLines.length;
  await logged(harness, 'sweep replaced', before);
  group.sandbox.workspace().addPerson({ attributes: { phone: good } });
  await isTrue(good);
  const overrun = 'optout_reconcile_overrun{workspace="default"';
  await waitFor(async () => (await harness.metric(overrun)) === 1, { what: 'the overrun' });
  fault.remove();
  await logged(harness, 'sweep ended', before);
  await waitFor(async () => (await harness.metric(overrun)) === 0, { what: 'no overrun' });
});
