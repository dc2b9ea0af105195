import type { Job, Queue } from 'bullmq';
import type { JobData } from '@optout-sync/shared/queues';
import type { WorkerContext } from '../context';
import { moveDelayed } from './move-delayed';
import { moveJob } from './move-job';
import { hasJobs, openShardQueue, type ShardQueue } from './shard-queues';

/** A queue is left after it was empty at this many looks in a row: an old ingest may still add to it. */
const QUIET_LOOKS = 10;
const CONCURRENCY = 50;

/**
 * Empties one queue of a shard. It is consumed as any other, so a job that another worker runs is left to it, and that of a
 * worker that died is taken once it has stalled. Each job is added to the present queue before it ends here: a crash in
 * between moves it twice.
 */
export class QueueMover {
  private readonly queue: Queue<JobData<unknown>>;
  private readonly stopConsuming: () => Promise<void>;
  private quietLooks = 0;

  constructor(
    private readonly source: ShardQueue,
    private readonly context: WorkerContext,
  ) {
    this.queue = openShardQueue(context.redis, source);
    this.stopConsuming = context.pool.open<JobData<unknown>>(this.queue, CONCURRENCY, async (job) => {
      await this.move(job);
      return 'moved';
    });
  }

  /** Moves the jobs that nobody consumes. Resolves with whether any may follow. */
  async look(): Promise<boolean> {
    const { redis, stopping } = this.context;
    if (!(await hasJobs(redis, this.source))) return ++this.quietLooks < QUIET_LOOKS;
    this.quietLooks = 0;
    await this.queue.retryJobs({ state: 'failed' });
    await moveDelayed(redis, this.queue, stopping, (job, dueAt) => this.move(job, dueAt));
    return true;
  }

  async close(): Promise<void> {
    await this.stopConsuming();
    await this.queue.close();
  }

  private move(job: Job<JobData<unknown>>, dueAt?: number): Promise<void> {
    return moveJob(this.context, this.source.kind, job, dueAt);
  }
}
