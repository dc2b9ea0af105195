import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Queue } from 'bullmq';
import { waitFor } from '@optout-sync/local-runtime/process';
import { E164, MessageSid, type InboundEvent } from '@optout-sync/shared/domain';
import { enqueueInboundBatch, type Queues } from '@optout-sync/shared/queues';
import { messageSid, TWILIO_ACCOUNT_SID, TWILIO_MESSAGING_SERVICE_SID } from '@optout-sync/twilio-simulator';
import { phoneOf } from '../harness/services';
import type { BenchContext } from '../harness/benchmark';
import type { BenchRedis } from '../harness/redis';

const EVENTS_PER_CALL = 1_000;

/** The inbound event of a STOP from the `index`-th person, received now. */
export function stopEvent(index: number): InboundEvent {
  const now = Date.now();
  return {
    version: 1,
    messageSid: MessageSid.parse(messageSid()),
    accountSid: TWILIO_ACCOUNT_SID,
    kind: 'stop',
    keyword: 'STOP',
    channel: 'sms',
    phone: E164.parse(phoneOf(index)),
    sender: TWILIO_MESSAGING_SERVICE_SID,
    messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
    source: 'webhook',
    occurredAt: now,
    receivedAt: now,
  };
}

/** Enqueues events, in whatever number of jobs. */
export type Enqueue = (events: readonly InboundEvent[]) => Promise<unknown>;

/** As ingest does it: up to 50 events in a job. */
export const inBatches =
  (queues: Queues): Enqueue =>
  (events) =>
    enqueueInboundBatch(queues, events);

/** The least that a queue of single events needs: a job for each of them. */
export const oneByOne =
  ({ inbound }: { readonly inbound: Queue }): Enqueue =>
  async (events) => {
    await inbound.addBulk(
      events.map((event) => ({
        name: event.kind,
        data: { payload: event },
        opts: { jobId: `${event.messageSid}-${event.kind}-${event.source}` },
      })),
    );
  };

/** Enqueues the STOPs of `count` people from the `first` on. */
export async function enqueueStops(enqueue: Enqueue, first: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += EVENTS_PER_CALL) {
    const some = Array.from({ length: Math.min(EVENTS_PER_CALL, count - at) }, (_, index) =>
      stopEvent(first + at + index),
    );
    await enqueue(some);
  }
}

/** Waits until no job waits or runs in any of the queues. */
export async function untilEmpty(queues: readonly Queue[], timeoutMs: number): Promise<void> {
  await waitFor(
    async () => {
      // In the order of processing: a job that leaves one queue may be in a later one, never in an earlier one.
      for (const queue of queues) {
        if ((await queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')) > 0) return false;
      }
      return true;
    },
    { what: `${queues.map(({ name }) => name).join(' and ')} to be empty`, timeoutMs, everyMs: 5 },
  );
}

/** What the benchmarks use of the queues of any version. */
interface QueuesModule {
  readonly openQueues: (connection: unknown, prefix: string) => object;
  readonly closeQueues: (queues: object) => Promise<unknown>;
  readonly enqueueInboundBatch: (queues: object, events: Parameters<Enqueue>[0]) => Promise<unknown>;
}

/**
 * How another version enqueues inbound events.
 *
 * @param folder a copy of the repository that is built
 */
export function enqueueOf(
  folder: string,
  {
    bench,
    redis,
    prefix,
  }: { readonly bench: BenchContext; readonly redis: BenchRedis; readonly prefix: string },
): Enqueue {
  const file = join(folder, 'packages/shared/dist/queues/index.js');
  const { openQueues, closeQueues, enqueueInboundBatch } = createRequire(file)(file) as QueuesModule;
  const queues = openQueues(redis.client, prefix);
  bench.after(() => closeQueues(queues));
  return (events) => enqueueInboundBatch(queues, events);
}

/** Calls `work` with each index from 0 to `count` - 1, `width` calls at a time. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await work(next++);
    }),
  );
}
