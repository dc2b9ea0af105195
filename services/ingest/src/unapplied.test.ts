import { twilioMessage } from '@optout-sync/twilio-simulator';
import { metricOf } from './test-support/metrics';
import { runIngest, untilReady, type RunningIngest } from './test-support/running-ingest';

describe('live opt-outs that ingest has accepted', () => {
  let ingest: RunningIngest;
  afterEach(async () => {
    jest.restoreAllMocks();
    await ingest.stop();
  });
  const unapplied = () => metricOf(ingest, 'optout_unapplied', { workspace: 'default' });
  const oldest = () => metricOf(ingest, 'optout_oldest_unapplied_seconds', { workspace: 'default' });
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
    expect(await oldest()).toBeLessThan(60);
  });

  it('have their age by the clock of Redis where that of ingest is wrong', async () => {
    const realNow = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + 3_600_000);
    ingest = await runIngest(process.env.TEST_REDIS_URL ?? '');
    await untilReady(ingest);
    await optOut();
    expect(await unapplied()).toBe(1);
    expect(await oldest()).toBeLessThan(60);
  });
});
