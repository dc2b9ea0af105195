import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

const PHONE = '+14155557700';

describe('live opt-outs that Customer.io does not hold', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
  });
  afterEach(() => harness.stop());
  const breakCustomerIo = () => harness.sandbox.fault({ effect: { kind: 'status', status: 500 } });
  const gauge = (name: string) => harness.metric(`${name}{workspace="default"`);
  const enqueue = (ageMs: number, changes = {}) =>
    harness.enqueue(inboundEvent(PHONE, { receivedAt: Date.now() - ageMs, ...changes }));
  const untilRecorded = () =>
    waitFor(async () => (await harness.entry(PHONE))?.version === 1, { what: 'the event in the ledger' });

  it('show in an outage, with their age, and are gone when it ends', async () => {
    expect(await gauge('optout_oldest_unapplied_seconds')).toBe(0);
    const outage = breakCustomerIo();
    await enqueue(70_000);
    await untilRecorded();
    expect(await gauge('optout_unapplied')).toBe(1);
    expect(await gauge('optout_unapplied_late')).toBe(1);
    expect(await gauge('optout_oldest_unapplied_seconds')).toBeGreaterThanOrEqual(70);

    outage.remove();
    await harness.settled(PHONE);
    await waitFor(async () => (await gauge('optout_unapplied')) === 0, { what: 'nothing to wait' });
    expect(await gauge('optout_oldest_unapplied_seconds')).toBe(0);
    expect(await gauge('optout_unapplied_late')).toBe(0);
  });

  it('are no STARTs', async () => {
    breakCustomerIo();
    await enqueue(70_000, { kind: 'start' });
    await untilRecorded();
    expect(await gauge('optout_unapplied')).toBe(0);
  });
});
