import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';
import type { Requeue, RecentJobs } from './recent-jobs';

const RETRY_MS = 1_000;
const BATCH = 100;

export interface FailoverEvents {
  jobsRequeued(jobs: number): void;
}

/**
 * Requeues jobs that a failover of Redis may have lost in part. The writes of a job and its end in the queue may reach
 * different masters: when Redis fails over in between, or when in a cluster only the master of the ledger does, the
 * writes are lost with the old master, while the new one records the job as finished. Nothing in Redis shows that. So
 * whenever a connection is lost, or one to a node of a cluster, all recent jobs are requeued, once each; those that were not lost
 * change nothing. Syncs are not among them: the reconciler finds lost ones by its index of unapplied entries, and the
 * repetition of an event that was lost requests its own.
 *
 * Known hole: a worker that dies in the same moment forgets its recent jobs. So is a repetition that a second failover loses.
 *
 * @param redis the connection that jobs write with
 */
export function rerunAfterFailover(
  redis: Redis | Cluster,
  recentJobs: RecentJobs,
  stopping: AbortSignal,
  telemetry: FailoverEvents,
): void {
  const pending = new Set<Requeue>();
  let requeueing = false;

  async function requeuePending(): Promise<void> {
    while (pending.size > 0 && !stopping.aborted) {
      await delay(RETRY_MS);
      const jobs = [...pending];
      if (redis.status !== 'ready') continue;
      for (let n = 0; n < jobs.length; n += BATCH) {
        const batch = jobs.slice(n, n + BATCH);
        const results = await Promise.allSettled(batch.map((requeue) => requeue()));
        for (const [i, requeue] of batch.entries()) {
          if (results[i]?.status === 'fulfilled') pending.delete(requeue);
        }
      }
      telemetry.jobsRequeued(jobs.length - pending.size);
    }
  }

  redis.on(redis instanceof Cluster ? '-node' : 'close', () => {
    if (stopping.aborted) return;
    for (const requeue of recentJobs.take()) pending.add(requeue);
    if (requeueing) return;
    requeueing = true;
    void requeuePending().finally(() => (requeueing = false));
  });
}
