import type { Queue } from 'bullmq';

const PORTION = 500;

/**
 * Puts jobs of a queue that wait out a delay back to work, `atMost` so many, shard by shard, the ones due first first. One by one, since BullMQ's own
 * `promoteJobs` forgets a job's priority; no more than there were at first, so that what fails again meanwhile waits.
 * Throws the first error, once it has tried all shards.
 */
export async function promoteDelayedJobs(shards: readonly Queue[], atMost = Infinity): Promise<void> {
  const failures: unknown[] = [];
  let allowed = atMost;
  for (const shard of shards) {
    try {
      allowed -= await wakeSome(shard, allowed);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function wakeSome(shard: Queue, atMost: number): Promise<number> {
  const due = Math.min(atMost, await shard.getDelayedCount());
  for (let left = due; left > 0; left -= PORTION) {
    const jobs = await shard.getDelayed(0, Math.min(left, PORTION) - 1);
    // A job that went by itself meanwhile cannot be woken.
    await Promise.allSettled(jobs.map((job) => job.promote()));
  }
  return due;
}
