import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

const PHONE = '+14155550101';
const at = (age: number): { occurredAt: number } => ({ occurredAt: Date.now() - age });

let harness: Harness;
afterEach(() => harness.stop());

async function start(env: Record<string, string> = {}): Promise<void> {
  harness = await startHarness({ env: { CONSENT_POLICY: 'last', RECONCILE_PERIOD: 'off', ...env } });
  await harness.enqueue(inboundEvent(PHONE, { kind: 'start', sender: '+15005550006', ...at(1_000) }));
  await harness.settled(PHONE);
  // Opted out by something else, and given the number since.
  harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE, sms_unsubscribe: true } });
}

/** A STOP to another sender, sent before the START. */
async function lateStop(): Promise<void> {
  await harness.enqueue(inboundEvent(PHONE, { sender: '+15005550009', ...at(60_000) }));
  await harness.settled(PHONE);
}

describe('an opt-out that arrives after a later START to another sender, under the policy last', () => {
  it('opts nobody in', async () => {
    await start();
    await lateStop();
    expect(harness.attribute(PHONE)).toEqual([true]);
    expect((await harness.entry(PHONE))?.history.map(({ outcome }) => outcome)).toContain('applied');
  });

  it('still reaches the list of stopped senders', async () => {
    await start({ CUSTOMERIO_SENDERS_ATTRIBUTE: 'stopped_senders' });
    await lateStop();
    expect(harness.attribute(PHONE, 'stopped_senders')).toEqual(['+15005550009']);
    expect(harness.attribute(PHONE)).toEqual([true]);
  });

  it('opts in together with a START that is new as well', async () => {
    await start();
    await harness.enqueue(
      inboundEvent(PHONE, { sender: '+15005550009', ...at(60_000) }),
      inboundEvent(PHONE, { kind: 'start', sender: '+15005550007', ...at(0) }),
    );
    await harness.settled(PHONE);
    expect(harness.attribute(PHONE)).toEqual([false]);
  });
});

describe('an opt-out that arrives long after it was sent', () => {
  const MINUTE = 60_000;
  /** Somebody whose value was set halfway between the message and now. */
  async function startWithValueSince(age: number): Promise<void> {
    harness = await startHarness({
      env: { RECONCILE_PERIOD: 'off' },
      overrides: { reconcile: { lagMs: 100, roundMs: 20 } },
    });
    harness.sandbox.workspace().addPerson({
      attributes: { phone: PHONE, sms_unsubscribe: false },
      attributesAt: (Date.now() - age / 2) / 1_000,
    });
  }
  const searches = (): number => harness.sandbox.requests({ operation: 'search' }).length;

  it('wins in the end over a value that was set since, without a sweep', async () => {
    await startWithValueSince(60 * MINUTE);
    await harness.enqueue(inboundEvent(PHONE, at(60 * MINUTE)));
    await waitFor(() => Promise.resolve(harness.attribute(PHONE)[0] === true), { what: 'the opt-out' });
    await harness.settled(PHONE);
    expect((await harness.entry(PHONE))?.history.map(({ outcome }) => outcome)).toEqual(['applied']);
  });

  it.each([
    ['is imported', { source: 'import' as const, ...at(60 * MINUTE) }],
    ['is nine minutes old', at(9 * MINUTE)],
  ])('is left to the sweep where it %s', async (_, given) => {
    await startWithValueSince(60 * MINUTE);
    await harness.enqueue(inboundEvent(PHONE, given));
    await harness.settled(PHONE);
    // A second one that is compared comes after what the first one may have caused.
    const other = '+14155550102';
    harness.sandbox.workspace().addPerson({ attributes: { phone: other } });
    await harness.enqueue(inboundEvent(other, at(60 * MINUTE)));
    await harness.settled(other);
    await waitFor(() => Promise.resolve(searches() >= 3), { what: 'the comparison of the other' });
    expect(searches()).toBe(3);
  });
});
