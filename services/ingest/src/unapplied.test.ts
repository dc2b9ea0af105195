import { twilioMessage } from '@optout-sync/twilio-simulator';
import { metricOf } from './test-support/metrics';
import { runIngest, untilReady, type RunningIngest } from './test-support/running-ingest';

describe('live opt-outs that ingest has accepted', () => {
  let ingest: RunningIngest;
  afterEach(() => ingest.stop());
  const unapplied = () => metricOf(ingest, 'optout_unapplied', { workspace: 'default' });
  const optOut = () => ingest.send({ params: twilioMessage({ Body: 'STOP' }) });

  it('show while they wait in Redis, although no worker runs', async () => {
    ingest = await runIngest(process.env.TEST_REDIS_URL ?? '');
    await untilReady(ingest);
    expect(await unapplied()).toBe(0);
    await optOut();
    await ingest.send({ params: twilioMessage({ Body: 'START' }) });
    expect(await unapplied()).toBe(1);
  });

  it('show while they wait in the spool, although Redis has never answered', async () => {
    ingest = await runIngest('redis://127.0.0.1:1');
    expect(await unapplied()).toBeNaN();
    await optOut();
    await optOut();
    expect(await unapplied()).toBe(2);
    expect(await metricOf(ingest, 'optout_oldest_unapplied_seconds', { workspace: 'default' })).toBeLessThan(
      60,
    );
  });
});
