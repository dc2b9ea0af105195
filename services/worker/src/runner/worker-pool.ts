import type { Job, Processor, Queue, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { laneOfJob, type Lane } from '@optout-sync/shared/queues';
import { GradualWorker } from './gradual-worker';

export interface WorkerPoolEvents {
  consumerFailed(queue: string, error: Error): void;
  /** @param slots jobs at once in this process */
  consumerOpened(queue: string, slots: number): void;
  /** A job's worker died or froze: another one takes the job. */
  jobStalled(queue: string): void;
  /** @param waitSeconds how long it waited for its first attempt; undefined for a later one */
  jobStarted(queue: string, lane: Lane, waitSeconds: number | undefined): void;
  jobEnded(queue: string): void;
}

/** In ms. The jobs of a killed worker are picked up again within the sum of the two. */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;
/** How long a queue is not read after Redis refused to give a job. BullMQ itself would ask again at once, endlessly. */
const BACK_OFF_MS = 1_000;
/** BullMQ fails a job for good after this many stalls; the quarantine dead-letters it long before. */
const UNLIMITED_STALLS = 1_000_000;

/**
 * The BullMQ workers of this process, one for each queue.
 *
 *   consuming    a worker fetches jobs. -> backing off when Redis answers with an error, as one that is full or read-only
 *                does for as long as it is
 *   backing off  active jobs continue, no other is fetched. -> consuming after a second
 *   closed       active jobs have ended, no other is fetched
 */
export class WorkerPool {
  private readonly workers = new Set<Worker>();
  private readonly consumed: Queue[] = [];
  /** The timers of the workers that are backing off. */
  private readonly backingOff = new Map<Worker, NodeJS.Timeout>();

  /** @param connection a connection with the role `worker` */
  constructor(
    private readonly connection: Redis | Cluster,
    private readonly telemetry: WorkerPoolEvents,
  ) {}

  /** All queues that are consumed, in a list that grows with them. */
  get queues(): readonly Queue[] {
    return this.consumed;
  }

  /** Processes the jobs of a queue from now on, at most `concurrency` at once. */
  consume<Data>(queue: Queue, concurrency: number, processor: Processor<Data, string>): void {
    this.consumed.push(queue);
    this.open(queue, concurrency, processor);
  }

  /**
   * Processes the jobs of a queue that is not among `queues`.
   *
   * @returns ends it: fetches no more jobs, and resolves once the active ones have ended
   */
  open<Data>(queue: Queue, concurrency: number, processor: Processor<Data, string>): () => Promise<void> {
    const { name } = queue;
    const { telemetry } = this;
    telemetry.consumerOpened(name, concurrency);
    const counted: Processor<Data, string> = async (job, ...args) => {
      telemetry.jobStarted(name, laneOfJob(job), waitOf(job));
      try {
        return await processor(job, ...args);
      } finally {
        telemetry.jobEnded(name);
      }
    };
    const worker = new GradualWorker<Data>(queue, counted, {
      connection: this.connection,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: UNLIMITED_STALLS,
    });
    worker.on('error', (error) => {
      this.telemetry.consumerFailed(name, error);
      if (error.name === 'ReplyError') this.backOff(worker);
    });
    worker.on('stalled', () => {
      telemetry.jobStalled(name);
    });
    this.workers.add(worker);
    return async () => {
      this.workers.delete(worker);
      await worker.close();
    };
  }

  /** The name of a queue that should be consumed and is not, if there is one. */
  inactiveQueue(): string | undefined {
    return [...this.workers].find((worker) => !worker.isRunning() || worker.isPaused())?.name;
  }

  /** Fetches no more jobs; resolves once the active ones have ended. */
  async close(): Promise<void> {
    for (const timer of this.backingOff.values()) clearTimeout(timer);
    await Promise.all([...this.workers].map((worker) => worker.close()));
  }

  private backOff(worker: Worker): void {
    if (this.backingOff.has(worker) || worker.closing) return;
    void worker.pause(true);
    const timer = setTimeout(() => {
      this.backingOff.delete(worker);
      worker.resume().catch(() => undefined);
    }, BACK_OFF_MS);
    this.backingOff.set(worker, timer);
  }
}

/** How long a job waited for its first attempt, in seconds. */
function waitOf({ attemptsStarted, timestamp }: Job): number | undefined {
  return attemptsStarted > 1 ? undefined : Math.max(0, Date.now() - timestamp) / 1_000;
}
