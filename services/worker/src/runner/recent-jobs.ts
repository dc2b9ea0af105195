import type { JobKind } from './job-kind';

/** Enqueues a job again. */
export type Requeue = () => Promise<void>;

/** In ms. Longer than all connections take to leave a master that was replaced. */
const WINDOW_MS = 30_000;
/** Bounds the memory, at about 1 kB a job. */
const MAX_ENDED = 10_000;

/**
 * The jobs that this worker runs or ran in the last 30 seconds.
 *
 *   running  -> ended, whether it succeeds or fails
 *   ended    -> forgotten after 30 s, or earlier when 10,000 later ones have ended
 */
export class RecentJobs {
  private readonly running = new Set<Requeue>();
  /** When each ended, in ms, in that order. */
  private readonly ended = new Map<Requeue, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * The same kind of job, tracked from the start of each run.
   *
   * @param requeue must be safe to call however the job ended
   */
  track<Payload>(kind: JobKind<Payload>, requeue: (payload: Payload) => Promise<void>): JobKind<Payload> {
    return {
      ...kind,
      run: (payload, lane) =>
        this.during(
          () => requeue(payload),
          () => kind.run(payload, lane),
        ),
      onExhausted: (job) => {
        const { payload } = job;
        if (payload === undefined) return kind.onExhausted(job);
        return this.during(
          () => requeue(payload),
          () => kind.onExhausted(job),
        );
      },
    };
  }

  all(): Requeue[] {
    this.forgetOld();
    return [...this.ended.keys(), ...this.running];
  }

  private async during<Result>(requeue: Requeue, work: () => Promise<Result>): Promise<Result> {
    this.running.add(requeue);
    try {
      return await work();
    } finally {
      this.running.delete(requeue);
      this.ended.set(requeue, this.now());
      this.forgetOld();
    }
  }

  private forgetOld(): void {
    for (const [requeue, endedAt] of this.ended) {
      if (this.ended.size <= MAX_ENDED && endedAt >= this.now() - WINDOW_MS) return;
      this.ended.delete(requeue);
    }
  }
}
