import { waitFor } from '@optout-sync/local-runtime/process';
import { TcpProxy } from '@optout-sync/testkit';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

// A few probes a second apart, on a machine that may be busy.
jest.setTimeout(180_000);

let harness: Harness;
let toAppApi: TcpProxy;
let lastNumber = 4_000;

beforeEach(async () => {
  toAppApi = await TcpProxy.start({ port: 0 });
  harness = await startHarness({
    env: { CUSTOMERIO_APP_URL: `http://127.0.0.1:${String(toAppApi.port)}` },
    beforeStart: (sandbox) => {
      toAppApi.upstream = { port: Number(new URL(sandbox.appUrl).port) };
    },
  });
});
afterEach(async () => {
  await harness.stop();
  await toAppApi.stop();
});

/** Enqueues STOPs of `count` new people. */
async function optOut(count: number): Promise<string[]> {
  const phones = Array.from({ length: count }, () => `+1415558${String(lastNumber++)}`);
  for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
  await Promise.all(phones.map((phone) => harness.enqueue(inboundEvent(phone))));
  return phones;
}
const breaker = (api = 'app') =>
  harness.metric(`optout_customerio_breaker_state{workspace="default",api="${api}"`);
/** Lets people opt out one after another until the breaker opens. */
async function untilDown(api?: string): Promise<string[]> {
  const phones: string[] = [];
  while ((await breaker(api)) !== 2) {
    const seen = harness.sandbox.requests().length;
    phones.push(...(await optOut(1)));
    await waitFor(() => harness.sandbox.requests().length > seen, { what: 'a failing request' });
  }
  return phones;
}
const answered = async (status: string): Promise<number> =>
  (await harness.metric(
    `optout_customerio_requests_total{api="app",operation="search",status="${status}"`,
  )) ?? 0;
const failedAttempts = async (): Promise<number> => {
  const jobs = await harness.queues.syncOf('default').getJobs(['active', 'waiting', 'delayed']);
  return jobs.reduce((sum, job) => sum + (job.data.failures?.length ?? 0), 0);
};

/** The shortest time between two of these, in ms. */
const closest = (times: readonly number[]): number =>
  Math.min(...times.slice(1).map((time, n) => time - times[n]!));

describe('an outage of Customer.io', () => {
  it('costs a probe a second, however requests fail, and everything is applied as soon as it ends', async () => {
    const { sandbox } = harness;
    const errors = sandbox.fault({ effect: { kind: 'status', status: 500 } });
    const phones = await untilDown();
    const attemptsBefore = await failedAttempts();
    const downSince = sandbox.requests().at(-1)!.at;
    phones.push(...(await optOut(300)));
    const probes = () => sandbox.requests({ since: downSince }).slice(1);

    await waitFor(() => probes().length >= 3, { what: 'probes that are answered with 500' });
    errors.remove();
    const resets = sandbox.fault({ effect: { kind: 'reset' } });
    await waitFor(() => resets.hits >= 2, { what: 'probes that are reset' });
    await toAppApi.refuse();
    phones.push(...(await optOut(100)));
    const refusedBefore = await answered('customerio_unreachable');
    await waitFor(async () => (await answered('customerio_unreachable')) >= refusedBefore + 2, {
      what: 'probes that are refused',
    });
    const unanswered = probes();
    expect(closest(unanswered.map(({ at }) => at))).toBeGreaterThanOrEqual(999);
    expect((await failedAttempts()) - attemptsBefore).toBeLessThanOrEqual(unanswered.length + 4);

    resets.remove();
    await toAppApi.accept();
    const endedAt = performance.now();
    await harness.settled(...phones);
    expect(performance.now() - endedAt).toBeLessThan(15_000);
    for (const phone of phones) expect(harness.attribute(phone)).toEqual([true]);
    expect((await harness.queues.deadLetters.count()).count).toBe(0);
    expect(await breaker()).toBe(0);
    const log = harness.logLines.join('');
    expect(log.match(/customerio_down/g)).toHaveLength(1);
    expect(log.match(/Customer.io works again/g)).toHaveLength(1);
  });

  it('of hours ends without waiting for the delays that have grown', async () => {
    const { sandbox, queues } = harness;
    const outage = sandbox.fault({ match: { api: 'track' }, effect: { kind: 'status', status: 503 } });
    const phones = [...(await untilDown('track')), ...(await optOut(30))];
    const queue = queues.syncOf('default');
    // The state after 20 hours: most jobs have failed many times and are delayed for minutes.
    await waitFor(
      async () => {
        for (const job of await queue.getDelayed()) {
          const at = Date.now() - 20 * 3_600_000;
          const failures = Array.from({ length: 40 }, () => ({ at, code: 'customerio_server_error' }));
          await job.updateData({ ...job.data, failures, transientSince: at });
          await job.changeDelay(540_000).catch(() => undefined);
        }
        return (await queue.getDelayed()).filter(({ delay }) => delay > 500_000).length >= 5;
      },
      { what: 'jobs with long delays' },
    );
    outage.remove();
    const endedAt = performance.now();
    await harness.settled(...phones);
    expect(performance.now() - endedAt).toBeLessThan(15_000);
    expect(phones.flatMap((phone) => harness.attribute(phone))).toEqual(phones.map(() => true));
    expect((await queues.deadLetters.count()).count).toBe(0);
  });

  it('is detected to be over even when every job is delayed', async () => {
    await harness.stop();
    harness = await startHarness({ overrides: { circuitTimes: { idleMs: 2_000 } } });
    const outage = harness.sandbox.fault({ effect: { kind: 'status', status: 500 } });
    const phones = await untilDown();
    const queue = harness.queues.syncOf('default');
    await waitFor(
      async () => {
        for (const job of await queue.getDelayed()) await job.changeDelay(540_000).catch(() => undefined);
        // One may be waiting for its turn to probe by now.
        return (await queue.getDelayed()).filter(({ delay }) => delay > 500_000).length >= phones.length - 1;
      },
      { what: 'every job to be delayed for long' },
    );
    outage.remove();
    await harness.settled(...phones);
    expect(await breaker()).toBe(0);
  });

  it('does not delay a worker that stops', async () => {
    harness.sandbox.fault({ effect: { kind: 'status', status: 500 } });
    await untilDown();
    await optOut(200);
    await waitFor(async () => (await harness.queues.syncOf('default').getActiveCount()) >= 100, {
      what: 'jobs to wait for the circuit',
    });
    const startedAt = performance.now();
    await harness.worker.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(await harness.queues.syncOf('default').getActiveCount()).toBe(0);
    expect((await harness.queues.deadLetters.count()).count).toBe(0);
  });

  it('is detected even when something else answers 200 in place of Customer.io', async () => {
    const page = { kind: 'status' as const, status: 200, body: '<html>maintenance</html>' };
    const maintenance = harness.sandbox.fault({ match: { operation: 'search' }, effect: page });
    const phones = await untilDown();
    maintenance.remove();
    await harness.settled(...phones);
  });
});
