import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { waitFor } from '@optout-sync/local-runtime/process';
import { enqueueInboundBatch, type JobData } from '@optout-sync/shared/queues';
import type { JobKind } from './runner/job-kind';
import { processJob } from './runner/process-job';
import { Quarantine } from './runner/quarantine';
import { parseEventOfVersionBefore } from './test-support/version-before/parse-event';
import { inboundEvent, startHarness, type Harness } from './test-support/worker-harness';

let harness: Harness;
let old: Worker | undefined;
let connection: Redis;
beforeEach(async () => {
  harness = await startHarness();
  connection = new Redis(process.env.TEST_REDIS_URL ?? '', { maxRetriesPerRequest: null });
});
afterEach(async () => {
  await old?.close();
  connection.disconnect();
  await harness.stop();
});

/** Starts a worker that takes inbound events as the version before batches does. */
function startOldWorker(recorded: string[], exhausted: unknown[]): void {
  const { inbound, runs } = harness.queues;
  const kind: JobKind<{ messageSid: string }> = {
    parse: parseEventOfVersionBefore,
    run: ({ messageSid }) => {
      recorded.push(messageSid);
      return Promise.resolve('recorded');
    },
    onExhausted: (job) => Promise.resolve(void exhausted.push(job)),
  };
  const processor = processJob(inbound.name, kind, {
    telemetry: { jobFinished: () => undefined, jobFailed: () => undefined },
    quarantine: new Quarantine(connection, harness.prefix),
    queues: { runs },
  });
  old = new Worker(inbound.name, processor, { connection, prefix: harness.prefix });
  old.on('error', () => undefined);
}

it('a worker of the version before leaves a batch waiting, whole, for a worker of this version', async () => {
  const { inbound } = harness.queues;
  const phones = Array.from({ length: 3 }, (_, n) => `+1415558${String(1_000 + n)}`);
  for (const phone of phones) harness.sandbox.workspace().addPerson({ attributes: { phone } });
  const events = phones.map((phone) => inboundEvent(phone));
  const [recorded, exhausted]: [string[], unknown[]] = [[], []];
  // The worker of this version is at work elsewhere.
  await harness.worker.stop();
  startOldWorker(recorded, exhausted);
  await inbound.add('stop', { payload: inboundEvent('+14155580009') as never });
  await enqueueInboundBatch(harness.queues, events);
  const [job] = await waitFor(
    async () => {
      const delayed = (await inbound.getDelayed()) as Job<JobData<unknown>>[];
      return delayed.length > 0 ? delayed : undefined;
    },
    { what: 'the waiting batch' },
  );
  expect(job?.data.payload).toEqual({ version: 2, events });
  expect(job?.data.failures?.map(({ code }) => code)).toEqual(['event_version_unknown']);
  await waitFor(() => recorded.length === 1, { what: 'the event in its own form' });
  await old?.close();
  expect(exhausted).toEqual([]);

  const { prefix } = harness;
  const upgraded = await startHarness({ env: { QUEUE_PREFIX: prefix } });
  for (const phone of phones) upgraded.sandbox.workspace().addPerson({ attributes: { phone } });
  await job?.promote();
  await waitFor(() => phones.every((phone) => upgraded.attribute(phone)[0] === true), {
    what: 'the opt-outs',
  });
  expect((await upgraded.queues.deadLetters.size()).count).toBe(0);
  await upgraded.stop();
});
