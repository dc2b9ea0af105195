import { waitFor } from '@optout-sync/local-runtime/process';
import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { enqueueReplay } from '@optout-sync/shared/queues';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

/** About half a minute of work at those limits. */
const REPLAYED = 2_500;
const LIVE = 4;
/** Twice the jobs that are active when a live STOP comes: none of those that wait may pass it. */
const MOST_AHEAD = 250;

jest.setTimeout(120_000);

describe("live traffic at Customer.io's real limits", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness({
      sandbox: { appRps: 10, trackRps: 100 },
      env: { CUSTOMERIO_APP_RPS: '8', CUSTOMERIO_TRACK_RPS: '100' },
    });
  });
  afterEach(() => harness.stop());

  function people(count: number, first: number): string[] {
    const phones = Array.from({ length: count }, (_, n) => `+1415${String(first + n)}`);
    for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
    return phones;
  }
  const applied = (phones: readonly string[]): number => {
    const done = new Set(
      harness.sandbox
        .workspace()
        .people()
        .flatMap(({ attributes }) => (attributes.sms_unsubscribe === true ? [attributes.phone] : [])),
    );
    return phones.filter((phone) => done.has(phone)).length;
  };

  it('is applied ahead of thousands of dead letters that are replayed without a rate', async () => {
    const { queues } = harness;
    const now = Date.now();
    const replayed = people(REPLAYED, 5_700_000);
    await Promise.all(
      replayed.map((phone) => {
        const deadLetter: DeadLetter = {
          version: 1,
          stage: 'record',
          code: 'internal_error',
          message: 'x',
          undone: { type: 'event', event: inboundEvent(phone) },
          attempts: [],
          firstFailedAt: now,
          lastFailedAt: now,
        };
        return queues.deadLetters.put(deadLetter);
      }),
    );
    const run = await queues.runs.create({ filter: {}, by: 'Ann', why: 'corrected' });
    await enqueueReplay(queues, run.id);
    await waitFor(() => applied(replayed) > 50, { what: 'the replay to progress', timeoutMs: 30_000 });
    const live = people(LIVE, 5_710_000);
    for (const phone of live) {
      const before = applied(replayed);
      await harness.enqueue(inboundEvent(phone));
      await waitFor(() => applied([phone]) === 1, { what: 'a live STOP', timeoutMs: 20_000 });
      expect(applied(replayed) - before).toBeLessThanOrEqual(MOST_AHEAD);
    }
    // The rest of the replay is still waiting: the live STOPs have passed it.
    expect(await queues.syncOf('default').getJobCountByTypes('prioritized', 'active')).toBeGreaterThan(500);
    expect(await queues.runs.get(run.id)).toMatchObject({
      state: 'finished',
      outcomes: { recorded: REPLAYED },
    });
  });
});
