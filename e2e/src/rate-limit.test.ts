import { waitFor } from '@optout-sync/local-runtime/process';
import { enqueueInboundBatch } from '@optout-sync/shared/queues';
import { System } from '@optout-sync/testkit/system';
import { inboundEvent } from './support/inbound-event';
import { mostInASecond } from './support/most-in-a-second';

jest.setTimeout(180_000);

// Low rates: on a busy machine a request that is tens of ms late must not fall into the second of the next one.
const APP_RPS = 5;
const TRACK_RPS = 5;
const PHONES = 50;

test('three workers together stay within the rate limits of both APIs in any second, and use them', async () => {
  const system = await System.start({
    sandbox: { appRps: 0, trackRps: 0, latencyMs: 10 },
    // Searches are counted: only live ones.
    env: {
      RECONCILE_PERIOD: 'off',
      CUSTOMERIO_APP_RPS: String(APP_RPS),
      CUSTOMERIO_TRACK_RPS: String(TRACK_RPS),
      LOOKUP_BATCH: '1',
    },
  });
  try {
    await Promise.all([system.startWorker(), system.startWorker(), system.startWorker()]);
    const startedAt = system.sandbox.requests().at(-1)!.at;
    const phones = Array.from({ length: PHONES }, (_, n) => `+1415570${String(1_000 + n)}`);
    for (const phone of phones) system.sandbox.workspace().addPerson({ attributes: { phone } });
    await enqueueInboundBatch(
      system.queues,
      phones.map((phone) => inboundEvent(phone)),
    );
    await waitFor(() => phones.every((phone) => system.attribute(phone)[0] === true), {
      what: 'all STOPs to be applied',
      timeoutMs: 60_000,
    });
    const [searches, writes] = (['search', 'batch'] as const).map((operation) =>
      system.sandbox.requests({ operation, since: startedAt + 1 }).map(({ at }) => at),
    ) as [number[], number[]];
    expect(searches).toHaveLength(PHONES);
    expect(mostInASecond(searches)).toBeLessThanOrEqual(Math.ceil(APP_RPS * 1.05));
    expect(mostInASecond(writes)).toBeLessThanOrEqual(Math.ceil(TRACK_RPS * 1.05));
    expect(mostInASecond(searches)).toBeGreaterThan(APP_RPS / 2);
    expect(mostInASecond(writes)).toBeGreaterThan(TRACK_RPS / 2);
  } finally {
    await system.stop();
  }
});
