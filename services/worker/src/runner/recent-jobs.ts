import type { Lane } from '@optout-sync/shared/queues';
import type { JobKind } from './job-kind';

/** Enqueues the repetition of a job. */
export type Requeue = () => Promise<void>;

/** The job to repeat. */
export interface RecentJob<Payload> {
  readonly payload: Payload;
  readonly lane: Lane;
  /** The id of the repetition: the same for the same job, so that several workers or losses cause one. */
  readonly repetitionId: string;
}

/** In ms. Longer than all connections take to leave a master that was replaced. */
const WINDOW_MS = 30_000;
/** Bounds the memory, at about 1 kB a job. */
const MAX_ENDED = 10_000;
const REPETITION = '-again';

/**
 * The jobs that this worker runs or ran in the last 30 seconds, each until it is taken to be repeated. Repetitions are not
 * among them: otherwise each lost connection would repeat the repetitions of the one before.
 *
 *   running  -> ended, whether it succeeds or fails. -> taken
 *   ended    -> forgotten after 30 s, or earlier when 10,000 later ones have ended. -> taken
 *   taken    it is returned once; when it still runs, its end changes nothing
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
  track<Payload>(
    kind: JobKind<Payload>,
    requeue: (job: RecentJob<Payload>) => Promise<void>,
  ): JobKind<Payload> {
    const during = <Result>(
      payload: Payload,
      { lane, jobId }: { readonly lane: Lane; readonly jobId: string | undefined },
      work: () => Promise<Result>,
    ): Promise<Result> =>
      jobId === undefined || jobId.endsWith(REPETITION)
        ? work()
        : this.during(() => requeue({ payload, lane, repetitionId: jobId + REPETITION }), work);
    return {
      ...kind,
      run: (payload, lane, jobId) => during(payload, { lane, jobId }, () => kind.run(payload, lane, jobId)),
      onExhausted(job) {
        const { payload, lane = 'live', jobId } = job;
        if (payload === undefined) return kind.onExhausted(job);
        return during(payload, { lane, jobId }, () => kind.onExhausted(job));
      },
    };
  }

  /** Returns the jobs that were not taken yet. */
  take(): Requeue[] {
    this.forgetOld();
    const taken = [...this.ended.keys(), ...this.running];
    this.ended.clear();
    this.running.clear();
    return taken;
  }

  private async during<Result>(requeue: Requeue, work: () => Promise<Result>): Promise<Result> {
    this.running.add(requeue);
    try {
      return await work();
    } finally {
      if (this.running.delete(requeue)) this.ended.set(requeue, this.now());
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
