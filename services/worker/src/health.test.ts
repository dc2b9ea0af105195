import { DEMO_PHONES, seedDemoPeople } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from '@optout-sync/testkit';
import { HeartbeatMonitor } from './lib/heartbeat-monitor';
import { inboundEvent, startHarness } from './test-support/worker-harness';

describe("a worker's /healthz", () => {
  let toRedis: TcpProxy;
  beforeEach(async () => {
    toRedis = await TcpProxy.start({ port: Number(new URL(process.env.TEST_REDIS_URL ?? '').port) });
  });
  afterEach(() => toRedis.stop());

  it('fails while Redis does not respond, and passes once it does, even by refusing connections', async () => {
    const harness = await startHarness({
      env: { REDIS_URL: `redis://127.0.0.1:${String(toRedis.port)}` },
      overrides: { heartbeat: new HeartbeatMonitor({ pingMs: 100, unresponsiveMs: 1_000 }) },
    });
    seedDemoPeople(harness.sandbox.workspace());
    const health = async (): Promise<[number, string]> => {
      const answer = await fetch(`http://127.0.0.1:${String(harness.adminPort)}/healthz`);
      return [answer.status, await answer.text()];
    };
    expect((await health())[0]).toBe(200);
    toRedis.strandAll();
    toRedis.blackhole();
    await waitFor(async () => (await health())[0] === 503, { what: 'the failing probe' });
    expect((await health())[1]).toContain('no response from Redis');
    await toRedis.refuse();
    await waitFor(async () => (await health())[0] === 200, { what: 'health without Redis' });
    toRedis.heal();
    await toRedis.accept();
    await harness.enqueue(inboundEvent(DEMO_PHONES.single));
    await harness.settled(DEMO_PHONES.single);
    await waitFor(async () => (await health())[0] === 200, { what: 'health with Redis' });
    await harness.stop();
  });
});
