import { randomUUID } from 'node:crypto';
import { Worker, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import type { CustomerIoSandbox } from '@optout-sync/customerio-sandbox';
import { waitFor } from '@optout-sync/local-runtime/process';
import { inboundEvent, startHarness, type Harness } from '../test-support/worker-harness';
import { OldQueues } from './test-support/old-queues';

const redis = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
afterAll(() => {
  redis.disconnect();
});

/** Two phones of one shard, which is not shard 0. */
const [phone = '', neighbour = ''] = ((): string[] => {
  const queues = new OldQueues(redis, 'unused', 6);
  const all = Array.from({ length: 100 }, (_, n) => `+1415559${String(1_000 + n)}`);
  const of = (one: string) => queues.of(one).opts.prefix;
  cleanUps.push(() => queues.close());
  const one = all.find((candidate) => of(candidate) !== 'unused') ?? '';
  return [one, all.find((candidate) => candidate !== one && of(candidate) === of(one)) ?? ''];
})();

function openOldQueues(): { old: OldQueues; prefix: string } {
  const prefix = `test-${randomUUID()}`;
  const old = new OldQueues(redis, prefix, 6);
  cleanUps.push(() => old.close());
  return { old, prefix };
}

/** Starts a worker of an earlier version on one queue of the shard. Without a processor it takes jobs by hand, and never ends one. */
function startOldWorker(old: OldQueues, processor: Processor | null, name?: string): Worker {
  const queue = old.of(phone, name);
  const connection = redis.duplicate();
  const worker = new Worker(queue.name, processor, {
    connection,
    prefix: queue.opts.prefix,
    lockDuration: processor ? 30_000 : 1_000,
  });
  cleanUps.push(async () => {
    await worker.close(true);
    connection.disconnect();
  });
  return worker;
}

async function startNewWorker(prefix: string): Promise<Harness> {
  const harness = await startHarness({
    beforeStart: (sandbox: CustomerIoSandbox) => {
      for (const one of [phone, neighbour]) sandbox.workspace().addPerson({ attributes: { phone: one } });
    },
    env: { QUEUE_PREFIX: prefix },
    overrides: { lookForShardsMs: 200 },
  });
  cleanUps.push(() => harness.stop());
  return harness;
}

describe('jobs that old workers took from a shard', () => {
  it('stay with a worker that runs them', async () => {
    const { old, prefix } = openOldQueues();
    let end = (): void => undefined;
    let isRunning = false;
    await old.addEvent(inboundEvent(phone));
    const oldWorker = startOldWorker(old, () => {
      isRunning = true;
      return new Promise<void>((resolve) => (end = resolve));
    });
    await waitFor(() => Promise.resolve(isRunning), { what: 'the old worker to run the job' });
    const harness = await startNewWorker(prefix);
    await old.addEvent(inboundEvent(neighbour));
    await harness.settled(neighbour);
    expect(await old.of(phone).getActiveCount()).toBe(1);
    expect(await harness.entry(phone)).toBeUndefined();

    end();
    await waitFor(async () => (await old.left()) === 0, { what: 'the shard to be empty' });
    await oldWorker.close();
    expect(await harness.entry(phone)).toBeUndefined();
  });

  it('are moved once a worker that died with them has lost its lock', async () => {
    const { old, prefix } = openOldQueues();
    await old.addEvent(inboundEvent(phone));
    await old.addPhoneJob(phone);
    for (const name of ['inbound-events', 'customerio-sync']) {
      const job: unknown = await startOldWorker(old, null, name).getNextJob('old', { block: false });
      expect(job).toBeDefined();
    }
    // Behind the sync that runs.
    await old.addPhoneJob(phone);
    const harness = await startNewWorker(prefix);
    await harness.settled(phone);
    await waitFor(async () => (await old.left()) === 0, { what: 'the shard to be empty', timeoutMs: 20_000 });
    expect((await harness.entry(phone))?.history.map(({ outcome }) => outcome)).toEqual(['applied']);
    expect(harness.attribute(phone)).toEqual([true]);
  });

  it('are moved when they failed for good', async () => {
    const { old, prefix } = openOldQueues();
    await old.addEvent(inboundEvent(phone), { attempts: 1 });
    startOldWorker(old, () => Promise.reject(new Error('it fails')));
    await waitFor(async () => (await old.of(phone).getFailedCount()) === 1, { what: 'the job to fail' });
    await cleanUps.pop()?.();
    const harness = await startNewWorker(prefix);
    await harness.settled(phone);
    await waitFor(async () => (await old.left()) === 0, { what: 'the shard to be empty' });
  });
});
