import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

const PHONES = Array.from({ length: 20 }, (_, n) => `+1415555${String(7_100 + n)}`);

describe('the metrics of what a worker can do', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness({ env: { CUSTOMERIO_APP_RPS: '200' } });
    for (const phone of PHONES) harness.sandbox.workspace().addPerson({ attributes: { phone } });
  });
  afterEach(() => harness.stop());
  const optOut = async (...phones: string[]) => {
    await harness.enqueue(...phones.map((phone) => inboundEvent(phone)));
    await harness.settled(...phones);
  };
  const metric = (line: string) => harness.metric(line);

  it('start at 0, with the slots and the rate that are configured', async () => {
    expect(await metric('optout_customerio_budget_rps{workspace="default",api="app"')).toBe(200);
    expect(
      await metric(
        'optout_customerio_budget_wait_seconds_count{service="worker",workspace="default",api="app",lane="live"',
      ),
    ).toBe(0);
    expect(await metric('optout_lookup_phones_count{service="worker",workspace="default"')).toBe(0);
    expect(await metric('optout_worker_slots{queue="inbound-events"')).toBe(50);
    expect(await metric('optout_worker_slots_used{queue="inbound-events"')).toBe(0);
    expect(await metric('optout_worker_errors_total{queue="inbound-events"')).toBe(0);
    expect(await metric('optout_jobs_stalled_total{queue="customerio-sync"')).toBe(0);
    expect(await metric('optout_dead_letters{stage="sync",code="customerio_refused"')).toBe(0);
    await waitFor(async () => (await metric('optout_redis_up{role="worker"')) === 1, { what: 'Redis' });
  });

  it('count requests within the rate limit, and the phones of searches', async () => {
    await optOut(...PHONES);
    const searches = await metric(
      'optout_customerio_requests_total{api="app",operation="search",status="200",workspace="default"',
    );
    expect(searches).toBeGreaterThanOrEqual(1);
    expect(
      await metric('optout_lookup_phones_sum{service="worker",workspace="default"'),
    ).toBeGreaterThanOrEqual(PHONES.length);
    expect(
      await metric(
        'optout_customerio_budget_wait_seconds_count{service="worker",workspace="default",api="app",lane="live"',
      ),
    ).toBeGreaterThanOrEqual(searches ?? Infinity);
  });

  it('show the slots that are used, and are free again', async () => {
    const outage = harness.sandbox.fault({ effect: { kind: 'status', status: 500 } });
    await harness.enqueue(...PHONES.map((phone) => inboundEvent(phone)));
    const used = () => metric('optout_worker_slots_used{queue="customerio-sync"');
    await waitFor(async () => ((await used()) ?? 0) > 0, { what: 'a slot to be used' });
    outage.remove();
    await harness.settled(...PHONES);
    await waitFor(async () => (await used()) === 0, { what: 'all slots to be free' });
  });

  it('show for how long Customer.io asked not to be called', async () => {
    const limit = harness.sandbox.fault({
      effect: { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
    });
    await harness.enqueue(inboundEvent(PHONES[0] ?? ''));
    await waitFor(() => limit.hits >= 1, { what: 'a 429' });
    limit.remove();
    await harness.settled(PHONES[0] ?? '');
    expect(
      await metric('optout_customerio_held_back_seconds_total{workspace="default",api="app"'),
    ).toBeGreaterThanOrEqual(1);
  });
});
