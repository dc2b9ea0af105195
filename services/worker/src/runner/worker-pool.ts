import { Worker, type Processor, type Queue } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { throttle, type Logger } from '@optout-sync/shared/service';

/** The same queue's errors are logged once in as many ms. */
const ERROR_LOG_MS = 10_000;
/** A killed worker's jobs are picked up again within the sum of the two. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
/** How long a queue is left alone after Redis refused to give a job; BullMQ itself would ask again at once, without end. */
const REST_MS = 1_000;
/** BullMQ would fail a job for good after as many stalls; runJob gives it up long before. */
const STALLS_WITHOUT_END = 1_000_000;

/** BullMQ's workers of this process, one for each queue and shard. `connection` has the role `worker`. */
export class WorkerPool {
  private readonly workers: Worker[] = [];
  private readonly resting = new Map<Worker, NodeJS.Timeout>();

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
    const say = throttle(ERROR_LOG_MS, (unsaid, err: Error) => {
      this.log.error({ err, code: 'worker_error', queue: name, unsaid }, 'worker error');
    });
    worker.on('error', (error) => {
      say(error);
      if (error.name === 'ReplyError') this.rest(worker);
    });
    this.workers.push(worker);
  }

  /** The name of a queue that no jobs are taken from although they should be. */
  idle(): string | undefined {
    return this.workers.find((worker) => !worker.isRunning() || worker.isPaused())?.name;
  }

  /** Resolves when the jobs at work have ended. */
  async close(): Promise<void> {
    for (const timer of this.resting.values()) clearTimeout(timer);
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  /** A Redis that is full or read-only refuses for as long as it is: what is at work goes on, nothing more is taken. */
  private rest(worker: Worker): void {
    if (this.resting.has(worker) || worker.closing) return;
    void worker.pause(true);
    const timer = setTimeout(() => {
      this.resting.delete(worker);
      worker.resume().catch(() => undefined);
    }, REST_MS);
    this.resting.set(worker, timer);
  }
}
