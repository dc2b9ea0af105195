import type { Queue } from 'bullmq';
import type { Queues } from '@optout-sync/shared/queues';

const PAGE = 500;

/**
 * Promotes up to `atMost` delayed jobs of a queue, earliest due first. One by one, since BullMQ's own `promoteJobs` drops a
 * job's priority; no more than are delayed at the start, so that jobs which fail again meanwhile stay delayed. By id, so that a job
 * whose data nobody can parse holds up no other.
 */
export async function promoteDelayedJobs(queue: Queue, atMost = Infinity): Promise<void> {
  const backend = queue.getBackend();
  for (let left = Math.min(atMost, await queue.getDelayedCount()); left > 0; left -= PAGE) {
    const ids = (await backend.getRanges(['delayed'], 0, Math.min(left, PAGE) - 1, true)).flat();
    // A job that has become due meanwhile cannot be promoted.
    await Promise.allSettled(ids.map((id) => backend.promote(id)));
  }
}

/** States of jobs that have not ended. */
const PRESENT = ['waiting', 'prioritized', 'delayed', 'active'] as const;

/**
 * Returns a function that promotes up to `atMost` delayed jobs of each of these queues. It never rejects, and resolves with whether they
 * have any jobs; with true where Redis does not say.
 */
export function promoterOf(
  queues: Pick<Queues, 'opened'>,
  telemetry: { promotionFailed(queue: string, error: unknown): void },
): (names: readonly string[], atMost: number | undefined) => Promise<boolean> {
  const promote = async (queue: Queue, atMost: number | undefined): Promise<boolean> => {
    try {
      await promoteDelayedJobs(queue, atMost);
      return (await queue.getJobCountByTypes(...PRESENT)) > 0;
    } catch (error) {
      telemetry.promotionFailed(queue.name, error);
      return true;
    }
  };
  return async (names, atMost) => {
    const opened = queues.opened().filter(({ name }) => names.includes(name));
    const present = await Promise.all(opened.map((queue) => promote(queue, atMost)));
    return present.includes(true);
  };
}
