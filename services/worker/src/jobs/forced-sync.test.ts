import { Redis } from 'ioredis';
import type { SandboxOptions, SandboxWorkspace } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const PHONE = '+14155550101';
let harness: Harness;
let workspace: SandboxWorkspace;
const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
afterAll(() => redis.quit());

async function start(
  env: Record<string, string> = {},
  lagMs = 0,
  sandbox: SandboxOptions = {},
): Promise<void> {
  harness = await startHarness({
    sandbox,
    env: { RECONCILE_PERIOD: 'off', ...env },
    overrides: { reconcile: { lagMs } },
  });
  workspace = harness.sandbox.workspace();
}
afterEach(async () => {
  expect(workspace.createdPeople()).toEqual([]);
  await harness.stop();
});

async function stopped(): Promise<void> {
  await harness.enqueue(inboundEvent(PHONE));
  await harness.settled(PHONE);
}

const requests = (): number => workspace.rates().track.total;

describe('a forced sync of a stopped number', () => {
  it('opts out a profile that was created after the STOP, and keeps version and outcome', async () => {
    await start();
    await stopped();
    const before = await harness.entry(PHONE);
    expect(before?.history.map(({ outcome }) => outcome)).toEqual(['no_match']);
    const late = workspace.addPerson({ attributes: { phone: PHONE } });
    await harness.force(PHONE);
    expect(harness.attribute(PHONE)).toEqual([true]);
    const after = await harness.entry(PHONE);
    expect(after).toMatchObject({
      version: before?.version,
      appliedVersion: before?.appliedVersion,
      people: [late],
      readAt: expect.any(Number) as unknown,
    });
    expect(after?.history).toEqual(before?.history);
    expect(await harness.metric('optout_reconcile_drift_total{workspace="default",kind="missing"')).toBe(1);
  });

  it('opts out again the profile that a merge left subscribed', async () => {
    await start();
    const secondary = workspace.addPerson({ id: 'secondary', attributes: { phone: PHONE } });
    const primary = workspace.addPerson({ id: 'primary', attributes: { sms_unsubscribe: false } });
    await stopped();
    workspace.mergePeople(primary, secondary);
    await harness.force(PHONE);
    expect(harness.attribute(PHONE)).toEqual([true]);
  });

  it('overwrites a value that was set later than the STOP, and a START wins over that', async () => {
    await start();
    const inAnHour = Math.floor(Date.now() / 1_000) + 3_600;
    await stopped();
    workspace.addPerson({ attributes: { phone: PHONE, sms_unsubscribe: false }, attributesAt: inAnHour });
    await harness.force(PHONE);
    expect(harness.attribute(PHONE)).toEqual([true]);
    expect((await harness.entry(PHONE))?.timestamp).toBe(inAnHour + 1);
    await harness.enqueue(inboundEvent(PHONE, { kind: 'start' }));
    await harness.settled(PHONE);
    expect(harness.attribute(PHONE)).toEqual([false]);
  });

  it.each([true, false])(
    'overwrites a removal that is later than the STOP (Customer.io says when: %s)',
    async (attributeTimestamps) => {
      await start({}, 0, { attributeTimestamps });
      await stopped();
      const late = workspace.addPerson({ attributes: { phone: PHONE } });
      workspace.setAttributes(late, { sms_unsubscribe: null }, Math.floor(Date.now() / 1_000) + 1);
      await harness.force(PHONE);
      expect(harness.attribute(PHONE)).toEqual([true]);
    },
  );

  it('applies the present version where Redis lost the later one that is stored as applied', async () => {
    await start();
    workspace.addPerson({ attributes: { phone: PHONE } });
    const { phone } = inboundEvent(PHONE);
    await harness.ledger.record({ workspace: 'default', channel: 'sms', phone }, inboundEvent(PHONE));
    const key = `${harness.prefix}:ledger:{default:sms:${PHONE}}`;
    for (const lost of ['1', '3']) {
      await redis.hset(key, 'a', lost);
      await harness.force(PHONE);
      expect(harness.attribute(PHONE)).toEqual([true]);
      expect(await harness.entry(PHONE)).toMatchObject({
        version: 1,
        appliedVersion: 1,
        history: [{ outcome: 'applied' }],
      });
    }
  });

  it('opts out a person whom the search finds and the answer for the attributes lacks', async () => {
    await start();
    await stopped();
    const late = workspace.addPerson({ attributes: { phone: PHONE } });
    harness.sandbox.fault({
      match: { operation: 'attributes' },
      effect: { kind: 'status', status: 200, body: { customers: [] } },
    });
    await harness.force(PHONE);
    expect(harness.attribute(PHONE)).toEqual([true]);
    expect((await harness.entry(PHONE))?.people).toEqual([late]);
  });

  it('writes nothing where everyone is opted out already', async () => {
    await start();
    workspace.addPerson({ attributes: { phone: PHONE } });
    await stopped();
    const before = requests();
    await harness.force(PHONE);
    expect(requests()).toBe(before);
  });

  it('takes no value for drift that may be older than our own write', async () => {
    await start({}, 60_000);
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await stopped();
    workspace.state.people.write(
      workspace.state.people.find({ kind: 'cio_id', value: cioId })!,
      { sms_unsubscribe: false },
      2e9,
    );
    await harness.force(PHONE);
    expect(harness.attribute(PHONE)).toEqual([false]);
  });

  it('writes nothing to a person who no longer has the number', async () => {
    await start();
    const cioId = workspace.addPerson({ attributes: { phone: PHONE } });
    await stopped();
    workspace.state.people.write(
      workspace.state.people.find({ kind: 'cio_id', value: cioId })!,
      { phone: '+14155550199' },
      2e9,
    );
    const before = requests();
    await harness.force(PHONE);
    expect(requests()).toBe(before);
    expect(
      await harness.metric(
        'optout_reconcile_drift_total{workspace="default",kind="orphaned",action="reported"',
      ),
    ).toBe(1);
    expect((await harness.entry(PHONE))?.people).toEqual([cioId]);
  });

  it('only counts in mode report', async () => {
    await start();
    await stopped();
    workspace.addPerson({ attributes: { phone: PHONE } });
    await harness.force(PHONE, 'report');
    expect(harness.attribute(PHONE)).toEqual([undefined]);
    expect(
      await harness.metric(
        'optout_reconcile_drift_total{workspace="default",kind="missing",action="reported"',
      ),
    ).toBe(1);
  });

  it('adds a new profile to the native list with stopped senders only', async () => {
    await start({ CUSTOMERIO_NATIVE_OPTOUTS: 'true' });
    await harness.enqueue(
      inboundEvent(PHONE, { sender: 'MG1' }),
      inboundEvent(PHONE, { sender: 'MG2', kind: 'start' }),
    );
    await harness.settled(PHONE);
    const late = workspace.addPerson({ attributes: { phone: PHONE } });
    await harness.force(PHONE);
    // Customer.io applies them after its response.
    await waitFor(() => workspace.person(late)?.optOuts.length, { what: 'the opt-out' });
    expect(workspace.person(late)?.optOuts).toMatchObject([{ from: 'mg1' }]);
  });
});

it('does not opt anybody in where the number is started', async () => {
  await start();
  await harness.enqueue(inboundEvent(PHONE, { kind: 'start' }));
  await harness.settled(PHONE);
  workspace.addPerson({ attributes: { phone: PHONE, sms_unsubscribe: true } });
  await harness.force(PHONE);
  expect(harness.attribute(PHONE)).toEqual([true]);
});

it('writes true once more where the phone is the identifier', async () => {
  harness = await startHarness({
    env: { CUSTOMERIO_LOOKUP: 'phone_identifier', RECONCILE_PERIOD: 'off' },
    sandbox: { phoneIsIdentifier: true },
  });
  workspace = harness.sandbox.workspace();
  await stopped();
  const attributesAt = Math.floor(Date.now() / 1_000);
  workspace.addPerson({ attributes: { phone: PHONE, sms_unsubscribe: false }, attributesAt });
  await harness.force(PHONE);
  expect(harness.attribute(PHONE)).toEqual([true]);
});

it.each([
  ['is read', {}],
  ['is the identifier', { CUSTOMERIO_LOOKUP: 'phone_identifier' }],
])('writes only what live traffic leaves of the rate limit where the phone %s', async (_, env) => {
  harness = await startHarness({
    env: { ...env, RECONCILE_PERIOD: 'off', CUSTOMERIO_TRACK_RPS: '10' },
    sandbox: { phoneIsIdentifier: 'CUSTOMERIO_LOOKUP' in env },
    overrides: { reconcile: { lagMs: 0 } },
  });
  workspace = harness.sandbox.workspace();
  const hasBackgroundSlot = (): Promise<number> =>
    redis.hexists(`{${harness.prefix}:budget:default:track}:lanes`, 'background');
  await stopped();
  expect(await hasBackgroundSlot()).toBe(0);
  workspace.addPerson({ attributes: { phone: PHONE } });
  await harness.force(PHONE);
  expect(harness.attribute(PHONE)).toEqual([true]);
  expect(await hasBackgroundSlot()).toBe(1);
});
