import type { Queue } from 'bullmq';
import type { Registry } from 'prom-client';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { QUEUE_METRICS } from './metric-definitions';
import { SCRAPE_READ_MS, gaugesReadAtScrape } from './read-at-scrape';
import { withTimeout } from './timing';

/** The dead letters' name among the queues; all of them are `waiting`, for an operator. */
const DEAD_LETTERS = 'dead-letters';
const STATES = ['waiting', 'active', 'delayed', 'prioritized', 'failed'] as const;
/** In ms. Less than a scrape waits: a queue that cannot be read must not hide the others. */
const QUEUE_READ_MS = SCRAPE_READ_MS - 100;

interface Depth {
  readonly queue: string;
  /** Jobs by state. */
  readonly counts: Readonly<Record<string, number>>;
  /** Since when the oldest waits, in ms since 1970; undefined when none does. */
  readonly oldest: number | undefined;
}

/**
 * Registers depth and oldest age of queues, read from Redis at each scrape. A queue that cannot be read is left out of that
 * scrape: a gap is visible, a stale value is not. The lists may be filled later. Every process that watches a queue reports
 * the same value: aggregate with `max by (queue)`.
 */
export function registerQueueGauges(
  registry: Registry,
  queues: readonly Queue[],
  deadLetters: readonly Pick<DeadLetterStore, 'size'>[] = [],
): void {
  gaugesReadAtScrape(registry, QUEUE_METRICS, async () => {
    const reads = [...queues.map(depthOf), ...deadLetters.map(depthOfDeadLetters)];
    const depths = await Promise.allSettled(reads.map((read) => withTimeout(read, QUEUE_READ_MS)));
    return ({ queueJobs, oldestJobAge }) => {
      const now = Date.now();
      for (const depth of depths) {
        if (depth.status === 'rejected') continue;
        const { queue, counts, oldest = now } = depth.value;
        for (const [state, count] of Object.entries(counts)) queueJobs.set({ queue, state }, count);
        oldestJobAge.set({ queue }, Math.max(0, now - oldest) / 1_000);
      }
    };
  });
}

async function depthOf(queue: Queue): Promise<Depth> {
  const [counts, [first]] = await Promise.all([
    queue.getJobCounts(...STATES),
    queue.getJobs(['waiting'], 0, 0, true),
  ]);
  const all = Object.fromEntries(STATES.map((state) => [state, counts[state] ?? 0]));
  return { queue: queue.name, counts: all, oldest: first?.timestamp };
}

async function depthOfDeadLetters(store: Pick<DeadLetterStore, 'size'>): Promise<Depth> {
  const { count, oldest } = await store.size();
  return { queue: DEAD_LETTERS, counts: { waiting: count }, oldest };
}
