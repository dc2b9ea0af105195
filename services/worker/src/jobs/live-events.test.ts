import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const PHONE = '+14155550191';
const UNAVAILABLE = { kind: 'status' as const, status: 503, headers: { 'retry-after': '3600' } };

let harness: Harness;
afterEach(() => harness.stop());

describe('a STOP after an attempt for its phone failed with Retry-After: 3600', () => {
  it('is applied at once, though the sync is delayed', async () => {
    harness = await startHarness();
    const { sandbox, queues } = harness;
    sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    sandbox.fault({ match: { operation: 'search' }, times: 1, effect: UNAVAILABLE });
    await harness.enqueue(inboundEvent(PHONE, { kind: 'start' }));
    const queue = queues.shards[0].syncOf('default');
    await waitFor(async () => (await queue.getDelayedCount()) === 1, { what: 'the delayed sync' });
    await harness.enqueue(inboundEvent(PHONE));
    await waitFor(() => harness.attribute(PHONE)[0] === true, { what: 'the STOP', timeoutMs: 5_000 });
    await harness.settled(PHONE);
  });

  it('is applied at once, though it arrived during that attempt', async () => {
    harness = await startHarness();
    const { sandbox } = harness;
    sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    sandbox.fault({ match: { operation: 'search' }, times: 1, effect: { kind: 'latency', ms: 1_500 } });
    sandbox.fault({ match: { operation: 'batch' }, times: 1, effect: UNAVAILABLE });
    await harness.enqueue(inboundEvent(PHONE, { kind: 'start' }));
    await waitFor(() => sandbox.requests({ operation: 'search' }).length === 1, { what: 'the look-up' });
    await harness.enqueue(inboundEvent(PHONE));
    await waitFor(() => harness.attribute(PHONE)[0] === true, { what: 'the STOP', timeoutMs: 5_000 });
    await harness.settled(PHONE);
    expect(await harness.metric('optout_jobs_total{queue="customerio-sync",outcome="retry"')).toBe(1);
  });
});
