import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { E164 } from '@optout-sync/shared/domain';
import { enqueueSync } from '@optout-sync/shared/queues';
import { UnappliedIndex } from '@optout-sync/shared/reconcile';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

const PHONE = '+14155557700';

describe('live opt-outs that Customer.io does not hold', () => {
  let harness: Harness;
  const start = async () => {
    harness = await startHarness();
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
  };
  beforeEach(start);
  afterEach(async () => {
    jest.restoreAllMocks();
    await harness.stop();
  });
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

  it('have their age, and the time until they are written, by the clock of Redis where that of the worker is wrong', async () => {
    const realNow = Date.now.bind(Date);
    await harness.stop();
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + 3_600_000);
    await start();
    const outage = breakCustomerIo();
    await harness.enqueue(inboundEvent(PHONE, { receivedAt: realNow() }));
    await untilRecorded();
    expect(await gauge('optout_unapplied')).toBe(1);
    expect(await gauge('optout_unapplied_late')).toBe(0);
    expect(await gauge('optout_oldest_unapplied_seconds')).toBeLessThan(60);

    outage.remove();
    await harness.settled(PHONE);
    const written = () => harness.metric('optout_end_to_end_seconds_bucket{le="1800"');
    await waitFor(async () => (await written()) === 1, { what: 'the time until it was written' });
  });

  it('are none of a phone that was erased after it was indexed', async () => {
    const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
    const subject = { workspace: 'default', channel: 'sms', phone: E164.parse(PHONE) } as const;
    await new UnappliedIndex(redis, harness.prefix).add(subject, Date.now(), true);
    await redis.quit();
    expect(await gauge('optout_unapplied')).toBe(1);
    await enqueueSync(harness.queues, { version: 1, ...subject }, { lane: 'live' });
    await waitFor(async () => (await gauge('optout_unapplied')) === 0, { what: 'nothing to wait' });
  });

  it('are no STARTs', async () => {
    breakCustomerIo();
    await enqueue(70_000, { kind: 'start' });
    await untilRecorded();
    expect(await gauge('optout_unapplied')).toBe(0);
  });
});
