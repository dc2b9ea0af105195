import { waitFor } from '@optout-sync/local-runtime/process';
import { E164 } from '@optout-sync/shared/domain';
import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

const HOUR = 3_600_000;
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
    const queue = queues.syncOf('default');
    await waitFor(async () => (await queue.getDelayedCount()) === 1, { what: 'the delayed sync' });
    await harness.enqueue(inboundEvent(PHONE));
    await waitFor(() => harness.attribute(PHONE)[0] === true, { what: 'the STOP', timeoutMs: 15_000 });
    await harness.settled(PHONE);
  });

  it('is applied at once, though it arrived during that attempt', async () => {
    harness = await startHarness();
    const { sandbox } = harness;
    sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    sandbox.fault({ match: { operation: 'search' }, times: 1, effect: { kind: 'latency', ms: 1_500 } });
    sandbox.fault({ match: { operation: 'batch' }, times: 1, effect: UNAVAILABLE });
    await harness.enqueue(inboundEvent(PHONE, { kind: 'start' }));
    // The first search was the check at the start.
    await waitFor(() => sandbox.requests({ operation: 'search' }).length === 2, { what: 'the look-up' });
    await harness.enqueue(inboundEvent(PHONE));
    await waitFor(() => harness.attribute(PHONE)[0] === true, { what: 'the STOP', timeoutMs: 15_000 });
    await harness.settled(PHONE);
    expect(await harness.metric('optout_jobs_total{queue="customerio-sync",outcome="retry"')).toBe(1);
  });
});

it.each(['event_stream', 'status_callback', 'backfill'] as const)(
  '2,000 blocked sends (%s) to numbers that are stopped already hold up no STOP',
  async (source) => {
    harness = await startHarness({ env: { CUSTOMERIO_APP_RPS: '8', CUSTOMERIO_TRACK_RPS: '100' } });
    const { ledger, sandbox, queues } = harness;
    const now = Date.now();
    const phones = Array.from({ length: 2_000 }, (_, n) => E164.parse(`+1212${String(5_000_000 + n)}`));
    await Promise.all(
      phones.map(async (phone) => {
        const subject = { workspace: 'default', channel: 'sms' as const, phone };
        const cioId = sandbox.workspace().addPerson({ attributes: { phone, sms_unsubscribe: true } });
        const at = now - 72 * HOUR;
        await ledger.record(subject, inboundEvent(phone, { sender: 'MG1', occurredAt: at, receivedAt: at }));
        await ledger.markApplied(subject, 1, { outcome: 'applied', people: [cioId] });
      }),
    );
    const before = sandbox.requests().length;
    const blocked = { sender: 'MG1', source, occurredAt: now, orderAt: now - 10 * HOUR };
    await enqueueInboundBatch(
      queues,
      phones.map((phone) => inboundEvent(phone, blocked)),
    );
    sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await harness.enqueue(inboundEvent(PHONE));
    await waitFor(() => harness.attribute(PHONE)[0] === true, { what: 'the STOP', timeoutMs: 20_000 });
    const applied = 'optout_events_total{outcome="applied",kind="stop",source="' + source + '"';
    await waitFor(async () => (await harness.metric(applied)) === 2_000, {
      what: 'the blocked sends',
      timeoutMs: 20_000,
    });
    // The look-up and the write of the STOP, and comparisons in the background: about three requests per 100 phones.
    expect(sandbox.requests().length - before).toBeLessThanOrEqual(3 + 3 * (phones.length / 100));
    expect((await harness.entry(phones[0] ?? ''))?.version).toBe(1);
  },
  60_000,
);
