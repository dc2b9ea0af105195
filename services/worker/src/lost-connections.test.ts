import { randomUUID } from 'node:crypto';
import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from '@optout-sync/testkit';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

const PHONES = Array.from({ length: 50 }, (_, n) => `+1415555${String(4000 + n)}`);
const CUTS = 4;

describe('lost connections to Redis', () => {
  let harness: Harness;
  let proxy: TcpProxy;
  const jobs = async (outcome: string): Promise<number> =>
    (await harness.metric(`optout_jobs_total{queue="inbound-events",outcome="${outcome}"`)) ?? 0;
  const requeueings = (): number =>
    harness.logLines.filter((line) => line.includes('recent jobs are enqueued again')).length;

  beforeEach(async () => {
    const url = new URL(process.env.TEST_REDIS_URL ?? '');
    proxy = await TcpProxy.start({ port: Number(url.port) });
    harness = await startHarness({
      env: { QUEUE_PREFIX: `t-${randomUUID()}`, REDIS_URL: `redis://127.0.0.1:${String(proxy.port)}` },
    });
  });
  afterEach(async () => {
    await harness.stop();
    await proxy.stop();
  });

  it('repeat each event once, however often they are lost', async () => {
    await harness.enqueue(...PHONES.map((phone) => inboundEvent(phone, { kind: 'help' })));
    await waitFor(async () => (await jobs('ignored')) === PHONES.length, {
      what: 'the events',
      timeoutMs: 20_000,
    });
    for (let cut = 1; cut <= CUTS; cut++) {
      const before = requeueings();
      proxy.resetAll();
      // The first loss repeats all events, a later one the one that came since.
      await waitFor(() => requeueings() > before, { what: 'the repetitions', timeoutMs: 20_000 });
      await waitFor(async () => (await jobs('duplicate')) >= PHONES.length + cut - 1, {
        what: 'duplicates',
        timeoutMs: 20_000,
      });
      await harness.enqueue(inboundEvent(`+1415555${String(5000 + cut)}`, { kind: 'help' }));
      await waitFor(async () => (await jobs('ignored')) === PHONES.length + cut, {
        what: 'an event after the loss',
        timeoutMs: 20_000,
      });
    }
    // Jobs that were about to end when the connection was lost run twice: a few. All events once more would be 50.
    expect(await jobs('duplicate')).toBeLessThan(2 * PHONES.length);
  });
});
