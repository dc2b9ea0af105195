import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';

/** Nearly a minute of comparisons, 20 in a request, at a quarter of the rate limit. */
const BLOCKED = 2_000;
const LIVE = 3;
/** Comparisons that are active when a live STOP comes, and those that begin before its sync. */
const MOST_AHEAD = 400;

jest.setTimeout(120_000);

describe('blocked sends to numbers that are opted out already', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness({
      sandbox: { appRps: 10, trackRps: 100 },
      env: {
        CUSTOMERIO_APP_RPS: '8',
        CUSTOMERIO_TRACK_RPS: '100',
        RECONCILE_PERIOD: 'off',
        LOOKUP_BATCH: '20',
      },
      overrides: { reconcile: { lagMs: 0 } },
    });
  });
  afterEach(() => harness.stop());

  const phonesFrom = (first: number, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `+1415${String(first + n)}`);
  const compared = async (): Promise<number> =>
    (await harness.metric('optout_reconcile_checked_total{workspace="default"')) ?? 0;

  it('are compared behind a live STOP, however many they are', async () => {
    const { ledger, sandbox } = harness;
    const blocked = phonesFrom(5_700_000, BLOCKED);
    await Promise.all(
      blocked.map(async (phone) => {
        const stop = inboundEvent(phone);
        await ledger.record({ workspace: 'default', channel: 'sms', phone: stop.phone }, stop);
        const people = { outcome: 'applied', people: [] } as const;
        await ledger.markApplied({ workspace: 'default', channel: 'sms', phone: stop.phone }, 1, people);
      }),
    );
    await harness.enqueue(
      ...blocked.map((phone) => inboundEvent(phone, { source: 'status_callback', orderAt: 1_000 })),
    );
    await waitFor(async () => (await compared()) >= 50, { what: 'comparisons', timeoutMs: 60_000 });
    for (const phone of phonesFrom(5_710_000, LIVE)) {
      sandbox.workspace().addPerson({ attributes: { phone } });
      const before = await compared();
      await harness.enqueue(inboundEvent(phone));
      await waitFor(() => harness.attribute(phone)[0] === true, { what: 'a live STOP', timeoutMs: 30_000 });
      expect((await compared()) - before).toBeLessThanOrEqual(MOST_AHEAD);
    }
    // The rest still waits: the live STOPs have passed it.
    expect(await compared()).toBeLessThan(BLOCKED - MOST_AHEAD);
  });
});
