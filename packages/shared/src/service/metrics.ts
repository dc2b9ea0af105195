import type { Queue } from 'bullmq';
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { standardOutput } from './log-output';
import { SHARED_METRICS, configurationOf } from './metric-definitions';
import { withTimeout } from './timing';

/** BullMQ waits for an unreachable Redis without limit, and the scrape would wait with it. */
const READ_TIMEOUT_MS = 2_000;
/** The dead letters' name among the queues; all of them are `waiting`, for an operator. */
const DEAD_LETTERS = 'dead-letters';
const STATES = ['waiting', 'active', 'delayed', 'prioritized', 'failed'] as const;

type SizedStore = Pick<DeadLetterStore, 'size'>;

/**
 * Registers depth and oldest age of queues, read from Redis at each scrape. A queue that cannot be read is left out of that
 * scrape: a gap is visible, a stale value is not. The lists may be filled later. Every process that watches a queue reports
 * the same value: aggregate with `max by (queue)`.
 */
export function registerQueueGauges(
  registry: Registry,
  queues: readonly Queue[],
  deadLetters: readonly SizedStore[] = [],
): void {
  new Gauge({
    ...configurationOf(SHARED_METRICS.queueJobs, registry),
    async collect() {
      this.reset();
      await readAll(
        queues,
        (queue) => queue.getJobCounts(...STATES),
        (queue, counts) => {
          for (const state of STATES) this.set({ queue, state }, counts[state] ?? 0);
        },
      );
      const size = await sizeOf(deadLetters);
      if (size) this.set({ queue: DEAD_LETTERS, state: 'waiting' }, size.count);
    },
  });
  new Gauge({
    ...configurationOf(SHARED_METRICS.oldestJobAge, registry),
    async collect() {
      this.reset();
      const now = Date.now();
      await readAll(
        queues,
        async (queue) => (await queue.getJobs(['waiting'], 0, 0, true))[0]?.timestamp ?? now,
        (queue, oldest) => {
          this.set({ queue }, Math.max(0, now - oldest) / 1000);
        },
      );
      const size = await sizeOf(deadLetters);
      if (size) this.set({ queue: DEAD_LETTERS }, size.oldest ? (Date.now() - size.oldest) / 1000 : 0);
    },
  });
}

async function readAll<Value>(
  queues: readonly Queue[],
  read: (queue: Queue) => Promise<Value>,
  set: (queue: string, value: Value) => void,
): Promise<void> {
  await Promise.allSettled(
    queues.map(async (queue) => {
      set(queue.name, await withTimeout(read(queue), READ_TIMEOUT_MS));
    }),
  );
}

async function sizeOf([store]: readonly SizedStore[]): Promise<
  Awaited<ReturnType<DeadLetterStore['size']>> | undefined
> {
  return store && (await withTimeout(store.size(), READ_TIMEOUT_MS).catch(() => undefined));
}

/** A registry for one service, with Node's and the process's own metrics in it. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: 'optout_' });
  new Counter({
    ...configurationOf(SHARED_METRICS.logLinesDropped, registry),
    collect() {
      this.reset();
      this.inc(standardOutput().dropped);
    },
  });
  return registry;
}
