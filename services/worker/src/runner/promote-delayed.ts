import type { Queue } from 'bullmq';

const PAGE = 500;

/**
 * Promotes up to `atMost` delayed jobs of a queue, shard by shard, earliest due first. One by one, since BullMQ's own
 * `promoteJobs` drops a job's priority; no more than are delayed at the start, so that jobs which fail again meanwhile
 * stay delayed.
 *
 * @throws the first error, once all shards have been tried
 */
export async function promoteDelayedJobs(shards: readonly Queue[], atMost = Infinity): Promise<void> {
  const errors: unknown[] = [];
  let allowed = atMost;
  for (const shard of shards) {
    try {
      allowed -= await promoteShard(shard, allowed);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

async function promoteShard(shard: Queue, atMost: number): Promise<number> {
  const count = Math.min(atMost, await shard.getDelayedCount());
  for (let left = count; left > 0; left -= PAGE) {
    const jobs = await shard.getDelayed(0, Math.min(left, PAGE) - 1);
    // A job that has become due meanwhile cannot be promoted.
    await Promise.allSettled(jobs.map((job) => job.promote()));
  }
  return count;
}
