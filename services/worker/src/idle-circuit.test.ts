import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

describe('a worker whose circuit is not closed', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness({
      env: { CUSTOMERIO_EVENTS: 'true', RECONCILE_PERIOD: 'off' },
      overrides: { circuitTimes: { probeMs: 100, blockedProbeMs: 100, idleMs: 1_000 } },
    });
  });
  afterEach(() => harness.stop());
  const isPaused = () => harness.metric('optout_workspace_paused{workspace="default"');

  /** As when other workers have done them: the circuit of this one hears nothing of that. */
  async function takeAllJobs(): Promise<void> {
    const queue = harness.queues.syncOf('default');
    await queue.pause();
    await waitFor(async () => (await queue.getActiveCount()) === 0, { what: 'no job to run' });
    await queue.drain(true);
  }

  it('finds out by itself that its keys are accepted again, when no job is left', async () => {
    const fault = harness.sandbox.fault({ effect: { kind: 'status', status: 401 } });
    await harness.enqueue(inboundEvent('+14155557801'));
    await waitFor(async () => (await isPaused()) === 1, { what: 'the pause' });
    await takeAllJobs();
    const { hits } = fault;
    await waitFor(() => fault.hits > hits, { what: 'a probe' });
    expect(await isPaused()).toBe(1);
    fault.remove();
    await waitFor(async () => (await isPaused()) === 0, { what: 'the end of the pause' });
  });

  it('sends the events that waited, when no job is left that could find out', async () => {
    const [told, other] = ['+14155557802', '+14155557803'] as const;
    const workspace = harness.sandbox.workspace();
    const [cioId] = [told, other].map((phone) => workspace.addPerson({ attributes: { phone } })) as [string];
    const refusal = harness.sandbox.fault({
      match: { bodyIncludes: '"action":"event"' },
      effect: { kind: 'status', status: 503 },
    });
    await harness.enqueue(inboundEvent(told));
    await waitFor(() => refusal.hits > 0, { what: 'a request with events' });
    const fault = harness.sandbox.fault({
      match: { path: /^\/api\// },
      effect: { kind: 'status', status: 401 },
    });
    await harness.enqueue(inboundEvent(other));
    await waitFor(async () => (await isPaused()) === 1, { what: 'the pause' });
    await takeAllJobs();
    refusal.remove();
    fault.remove();
    await waitFor(() => workspace.events(cioId).length === 1, { what: 'the event' });
  });
});
