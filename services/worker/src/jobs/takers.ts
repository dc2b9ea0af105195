import { Worker, type Processor, type Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { Logger } from '@optout-sync/shared';
import { seldom } from '../seldom';

/** The same queue's errors are logged once in as many ms. */
const ERROR_LOG_MS = 10_000;
/** A killed worker's jobs are picked up again within the sum of the two. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
/** BullMQ would fail a job for good after as many stalls; runJob gives it up long before. */
const STALLS_WITHOUT_END = 1_000_000;

/** BullMQ's workers of this process, one for each queue and shard. `connection` has the role `worker`. */
export class Takers {
  private readonly workers: Worker[] = [];

  constructor(
    private readonly connection: Redis | Cluster,
    private readonly log: Logger,
  ) {}

  /** Has jobs of a queue processed from now on, `concurrency` at once. */
  take<Data>(queue: Queue, concurrency: number, processor: Processor<Data, string>): void {
    const { name } = queue;
    const worker = new Worker<Data, string>(name, processor, {
      connection: this.connection,
      prefix: queue.opts.prefix,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: STALLS_WITHOUT_END,
    });
    worker.on(
      'error',
      seldom(ERROR_LOG_MS, (unsaid, err) => {
        this.log.error({ err, code: 'worker_error', queue: name, unsaid }, 'worker error');
      }),
    );
    this.workers.push(worker);
  }

  /** The name of a queue that no jobs are taken from although they should be. */
  idle(): string | undefined {
    return this.workers.find((worker) => !worker.isRunning() || worker.isPaused())?.name;
  }

  /** Resolves when the jobs at work have ended. */
  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }
}
