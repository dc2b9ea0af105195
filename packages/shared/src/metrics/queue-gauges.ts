import type { Queue } from 'bullmq';
import { Gauge, type Registry } from 'prom-client';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { within } from '../timing/within';

/** BullMQ would wait for a Redis that is away for as long as it takes, and the scrape with it. */
const READ_TIMEOUT_MS = 2_000;
/** The dead letters' name among the queues; all of them are `waiting`, for an operator. */
const DEAD_LETTERS = 'dead-letters';
const STATES = ['waiting', 'active', 'delayed', 'prioritized', 'failed'] as const;

/**
 * Depth and oldest age of queues, read from Redis at each scrape. A queue that cannot be read is left out of that
 * scrape: a gap says so, a stale figure would not. The lists may be filled later. Every process that watches a queue reports the same figure:
 * aggregate with `max by (queue)`.
 */
export function registerQueueGauges(
  registry: Registry,
  queues: readonly Queue[],
  letters: readonly Pick<DeadLetterStore, 'size'>[] = [],
): void {
  new Gauge({
    name: 'optout_queue_jobs',
    help: 'Jobs in a queue, by state.',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      await readAll(queues, async (queue) => {
        const counts = await queue.getJobCounts(...STATES);
        for (const state of STATES) this.set({ queue: queue.name, state }, counts[state] ?? 0);
      });
      const size = await sizeOf(letters);
      if (size) this.set({ queue: DEAD_LETTERS, state: 'waiting' }, size.count);
    },
  });
  new Gauge({
    name: 'optout_queue_oldest_job_age_seconds',
    help: 'Age of the oldest live job that waits to be worked on for the first time, or since the last failure of the oldest dead letter; 0 when there is none.',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      this.reset();
      await readAll(queues, async (queue) => {
        const [oldest] = await queue.getJobs(['waiting'], 0, 0, true);
        this.set({ queue: queue.name }, oldest ? (Date.now() - oldest.timestamp) / 1000 : 0);
      });
      const size = await sizeOf(letters);
      if (size) this.set({ queue: DEAD_LETTERS }, size.oldest ? (Date.now() - size.oldest) / 1000 : 0);
    },
  });
}

async function readAll(queues: readonly Queue[], read: (queue: Queue) => Promise<void>): Promise<void> {
  await Promise.allSettled(queues.map((queue) => within(READ_TIMEOUT_MS, read(queue))));
}

async function sizeOf([letters]: readonly Pick<DeadLetterStore, 'size'>[]): Promise<
  Awaited<ReturnType<DeadLetterStore['size']>> | undefined
> {
  return letters && (await within(READ_TIMEOUT_MS, letters.size()).catch(() => undefined));
}
