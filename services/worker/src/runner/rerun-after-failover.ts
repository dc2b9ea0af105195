import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';
import type { Requeue, RecentJobs } from './recent-jobs';

const RETRY_MS = 1_000;
const TOGETHER = 100;

/**
 * Has jobs done once more that may be half lost. What a job writes and its own end in the queue may reach different
 * masters: when Redis fails over in between, or when in a cluster only the master of the ledger does, the old master takes
 * what was written with it, while the new one is told that the job is done. Nothing in Redis would show it. So whenever a
 * connection, or one to a node of a cluster, is lost, all jobs of that time are asked for again; those that were not lost
 * are found to be done.
 *
 * Known hole: a worker that dies in the same moment remembers nothing.
 *
 * @param redis the connection that jobs write with
 * @param told hears how many jobs are done once more
 */
export function rerunAfterFailover(
  redis: Redis | Cluster,
  lately: RecentJobs,
  stopping: AbortSignal,
  told: (jobs: number) => void,
): void {
  const due = new Set<Requeue>();
  let working = false;

  async function work(): Promise<void> {
    while (due.size > 0 && !stopping.aborted) {
      await delay(RETRY_MS);
      const some = [...due];
      if (redis.status !== 'ready') continue;
      for (let n = 0; n < some.length; n += TOGETHER) {
        const batch = some.slice(n, n + TOGETHER);
        const done = await Promise.allSettled(batch.map((again) => again()));
        for (const [i, again] of batch.entries()) if (done[i]?.status === 'fulfilled') due.delete(again);
      }
      told(some.length - due.size);
    }
  }

  redis.on(redis instanceof Cluster ? '-node' : 'close', () => {
    if (stopping.aborted) return;
    for (const again of lately.all()) due.add(again);
    if (working) return;
    working = true;
    void work().finally(() => (working = false));
  });
}
