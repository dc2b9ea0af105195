import type { Job, Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { JobData } from '@optout-sync/shared/queues';

const PAGE = 500;
/** BullMQ's score of a delayed job is the time at which it is due, in ms, times this, plus a sequence number. */
const SCORES_PER_MS = 0x1000;

/**
 * Moves the delayed jobs of a queue that are delayed at the start, the first due first. Each is added before it is removed. A job
 * that became active meanwhile is left to whoever runs it.
 *
 * @param move adds a job that is due at this time, in ms since 1970
 */
export async function moveDelayed(
  redis: Redis | Cluster,
  queue: Queue<JobData<unknown>>,
  stopping: AbortSignal,
  move: (job: Job<JobData<unknown>>, dueAt: number) => Promise<void>,
): Promise<void> {
  for (let left = await queue.getDelayedCount(); left > 0 && !stopping.aborted; left -= PAGE) {
    const last = String(Math.min(left, PAGE) - 1);
    const page = await redis.zrange(queue.toKey('delayed'), '0', last, 'WITHSCORES');
    const due: { readonly id: string; readonly at: number }[] = [];
    for (let i = 0; i + 1 < page.length; i += 2) {
      due.push({ id: page[i] ?? '', at: Math.floor(Number(page[i + 1]) / SCORES_PER_MS) });
    }
    await Promise.all(
      due.map(async ({ id, at }) => {
        const job = await queue.getJob(id);
        if (!job) return;
        await move(job, at);
        await queue.remove(id);
      }),
    );
  }
}
