import type { Queue } from 'bullmq';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { withTimeout } from './timing';

/** BullMQ would wait for a Redis that is away for as long as it takes, and the scrape with it. */
const READ_TIMEOUT_MS = 2_000;
/** The dead letters' name among the queues; all of them are `waiting`, for an operator. */
const DEAD_LETTERS = 'dead-letters';
const STATES = ['waiting', 'active', 'delayed', 'prioritized', 'failed'] as const;

/**
 * Depth and oldest age of queues, read from Redis at each scrape; those of the same name, a queue's shards, as one. A queue
 * that cannot be read whole is left out of that scrape: a gap says so, a stale figure would not. The lists may be filled
 * later. Every process that watches a queue reports the same figure: aggregate with `max by (queue)`.
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
      await readAll(
        queues,
        (shard) => shard.getJobCounts(...STATES),
        (queue, shards) => {
          for (const state of STATES) {
            const sum = shards.reduce((count, counts) => count + (counts[state] ?? 0), 0);
            this.set({ queue, state }, sum);
          }
        },
      );
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
      const now = Date.now();
      await readAll(
        queues,
        async (shard) => (await shard.getJobs(['waiting'], 0, 0, true))[0]?.timestamp ?? now,
        (queue, shards) => {
          this.set({ queue }, Math.max(0, now - Math.min(...shards)) / 1000);
        },
      );
      const size = await sizeOf(letters);
      if (size) this.set({ queue: DEAD_LETTERS }, size.oldest ? (Date.now() - size.oldest) / 1000 : 0);
    },
  });
}

async function readAll<Figure>(
  queues: readonly Queue[],
  read: (shard: Queue) => Promise<Figure>,
  set: (queue: string, shards: readonly Figure[]) => void,
): Promise<void> {
  const names = [...new Set(queues.map(({ name }) => name))];
  await Promise.allSettled(
    names.map(async (name) => {
      const shards = queues.filter((queue) => queue.name === name);
      set(name, await withTimeout(READ_TIMEOUT_MS, Promise.all(shards.map(read))));
    }),
  );
}

async function sizeOf([letters]: readonly Pick<DeadLetterStore, 'size'>[]): Promise<
  Awaited<ReturnType<DeadLetterStore['size']>> | undefined
> {
  return letters && (await withTimeout(READ_TIMEOUT_MS, letters.size()).catch(() => undefined));
}

/** A registry of its own for one service, with the process's figures in it. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: 'optout_' });
  return registry;
}
