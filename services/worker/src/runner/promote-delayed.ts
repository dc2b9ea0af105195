import type { Queue } from 'bullmq';

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
