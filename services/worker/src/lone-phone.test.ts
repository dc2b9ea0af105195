import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

jest.setTimeout(180_000);

const BAD = '+14155550182';
const HOUR = 3_600_000;
let harness: Harness;
afterEach(async () => {
  await harness.stop();
});

const syncJobs = () => harness.queues.syncOf('default').getJobs(['active', 'waiting', 'delayed']);
/** Makes the delayed jobs due now, so that a test need not wait for their backoff. */
const promoteAll = async (transientSince?: number): Promise<void> => {
  for (const job of await harness.queues.syncOf('default').getDelayed()) {
    if (transientSince !== undefined) await job.updateData({ ...job.data, transientSince });
    await job.promote().catch(() => undefined);
  }
};
const deadLetters = async (): Promise<number> => (await harness.queues.deadLetters.size()).count;

describe('a phone whose own request always fails', () => {
  beforeEach(async () => {
    harness = await startHarness({ overrides: { circuitTimes: { probeMs: 100, idleMs: 300 } } });
  });

  it('is dead-lettered within its retry horizon, though nobody else writes and each failure looks like an outage', async () => {
    const fault = harness.sandbox.fault({
      match: { operation: 'search', bodyIncludes: BAD },
      effect: { kind: 'status', status: 500 },
    });
    await harness.enqueue(inboundEvent(BAD));
    await waitFor(
      async () => {
        await promoteAll();
        return fault.hits >= 12;
      },
      { what: 'twelve attempts', timeoutMs: 30_000 },
    );
    const [job] = await syncJobs();
    // Of an outage no attempt would count. One or the other may here, since a busy machine answers a harmless request late.
    const times = job?.data.failures?.map(({ at }) => at) ?? [];
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    expect(last - (job?.data.transientSince ?? last)).toBeGreaterThan((last - first) / 2);
    expect(await deadLetters()).toBe(0);

    const at = Date.now() - 25 * HOUR;
    await waitFor(
      async () => {
        await promoteAll(at);
        return (await deadLetters()) === 1;
      },
      { what: 'the dead letter', timeoutMs: 20_000 },
    );
  });

  it('is no outage for the others', async () => {
    const fault = harness.sandbox.fault({
      match: { operation: 'search', bodyIncludes: BAD },
      effect: { kind: 'status', status: 500 },
    });
    await harness.enqueue(inboundEvent(BAD));
    await waitFor(
      async () => {
        await promoteAll();
        return fault.hits >= 6;
      },
      { what: 'six attempts', timeoutMs: 30_000 },
    );
    const phone = '+14155550183';
    harness.sandbox.workspace().addPerson({ attributes: { phone } });
    await harness.enqueue(inboundEvent(phone));
    await waitFor(() => harness.attribute(phone)[0] === true, { what: 'the other phone', timeoutMs: 5_000 });
  });

  it('waits through a real outage, of which nothing counts', async () => {
    const outage = harness.sandbox.fault({ effect: { kind: 'status', status: 503 } });
    await harness.enqueue(inboundEvent(BAD));
    await waitFor(
      async () => {
        await promoteAll();
        return outage.hits >= 12;
      },
      { what: 'twelve requests', timeoutMs: 30_000 },
    );
    const [job] = await syncJobs();
    // Five attempts open the circuit; harmless requests find out about the rest.
    expect(job?.data.failures?.length).toBeLessThanOrEqual(6);
    outage.remove();
    await harness.settled(BAD);
    expect(await deadLetters()).toBe(0);
  });
});
