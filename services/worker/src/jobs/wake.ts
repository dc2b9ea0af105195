import type { Queue } from 'bullmq';

const PORTION = 500;

/**
 * Puts jobs that wait out a delay back to work, `atMost` so many, the ones due first first. One by one, since BullMQ's own
 * `promoteJobs` forgets a job's priority; no more than there were at first, so that what fails again meanwhile waits.
 */
export async function wakeDelayed(queue: Queue, atMost = Infinity): Promise<void> {
  for (let left = Math.min(atMost, await queue.getDelayedCount()); left > 0; left -= PORTION) {
    const jobs = await queue.getDelayed(0, Math.min(left, PORTION) - 1);
    // A job that went by itself meanwhile cannot be woken.
    await Promise.allSettled(jobs.map((job) => job.promote()));
  }
}
