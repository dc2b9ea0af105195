import { readWorkerConfig } from '@optout-sync/shared/config';
import { originOf } from './origin';
import { inboundEvent, startHarness } from './test-support/worker-harness';

const env = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  CUSTOMERIO_SITE_ID: 'site',
  CUSTOMERIO_TRACK_API_KEY: 'track',
  CUSTOMERIO_APP_API_KEY: 'app',
};
const origin = (overrides: Record<string, string> = {}) =>
  originOf(readWorkerConfig({ ...env, ...overrides }));

describe('the origin of what a worker writes', () => {
  it('is its release and a digest of its configuration, which keys and rates do not change', () => {
    expect(origin().build).toMatch(/^worker \d+\.\d+\.\d+/);
    expect(origin().config).toMatch(/^[0-9a-f]{8}$/);
    expect(origin({ CUSTOMERIO_APP_API_KEY: 'next', CUSTOMERIO_APP_RPS: '3' })).toEqual(origin());
    expect(origin({ CONSENT_POLICY: 'last' })).not.toEqual(origin());
  });

  it('is noted with each version that the worker makes and applies', async () => {
    const harness = await startHarness();
    try {
      const phone = '+14155551399';
      harness.sandbox.workspace().addPerson({ attributes: { phone } });
      await harness.enqueue(inboundEvent(phone));
      await harness.settled(phone);
      const [note] = (await harness.entry(phone))?.versions ?? [];
      const origins = await harness.ledger.origins();
      expect(origins.get(note?.writtenBy ?? '')).toMatch(/^worker \d+\.\d+\.\d+ [0-9a-f]{8}$/);
      expect(note?.appliedBy).toBe(note?.writtenBy);
    } finally {
      await harness.stop();
    }
  });
});
