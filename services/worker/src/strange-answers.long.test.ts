import type { FaultEffect } from '@optout-sync/customerio-sandbox';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

const PHONE = '+14155550142';
let harness: Harness;
afterEach(async () => {
  await harness.stop();
});

const answer = (status: number, body?: unknown): FaultEffect => ({ kind: 'status', status, body });

it.each([
  ['search', answer(200, {})],
  ['search', answer(200, { errors: [{ detail: 'x' }] })],
  ['search', answer(202, { identifiers: null, ids: null, next: '' })],
  ['batch', answer(202, {})],
  ['batch', answer(207, {})],
  ['batch', answer(200, { meta: { error: 'x' } })],
  ['batch', answer(200)],
] as const)(
  'a %s that is answered by %j ends no STOP: it is retried and applied',
  async (operation, effect) => {
    harness = await startHarness();
    const fault = harness.sandbox.fault({ match: { operation }, effect, times: 2 });
    harness.sandbox.workspace().addPerson({ attributes: { phone: PHONE } });
    await harness.enqueue(inboundEvent(PHONE));
    await harness.settled(PHONE);
    expect(fault.hits).toBe(2);
    expect(harness.attribute(PHONE)).toEqual([true]);
    expect((await harness.entry(PHONE))?.history[0]?.outcome).toBe('applied');
    expect(
      await harness.metric(
        'optout_job_failures_total{queue="customerio-sync",code="customerio_answer_not_understood"',
      ),
    ).toBe(2);
  },
);
