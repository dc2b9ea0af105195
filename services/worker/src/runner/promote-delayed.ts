import type { Queue } from 'bullmq';

const PAGE = 500;

/**
 * Promotes up to `atMost` delayed jobs of a queue, earliest due first. One by one, since BullMQ's own `promoteJobs` drops a
 * job's priority; no more than are delayed at the start, so that jobs which fail again meanwhile stay delayed.
 */
export async function promoteDelayedJobs(queue: Queue, atMost = Infinity): Promise<void> {
  for (let left = Math.min(atMost, await queue.getDelayedCount()); left > 0; left -= PAGE) {
    const jobs = await queue.getDelayed(0, Math.min(left, PAGE) - 1);
    // A job that has become due meanwhile cannot be promoted.
    await Promise.allSettled(jobs.map((job) => job.promote()));
  }
}
