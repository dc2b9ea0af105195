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
/** Bounds the memory, at about 1 kB an event. */
const MAX_ENDED = 10_000;
const REPETITION = '-again';

/**
 * The jobs that this worker runs or ran in the last 30 seconds, each until it is taken to be repeated. Repetitions are not
 * among them: otherwise each lost connection would repeat the repetitions of the one before.
 *
 *   running  -> ended, whether it succeeds or fails. -> taken
 *   ended    -> forgotten after 30 s, or earlier when later ones with 10,000 events have ended. -> taken
 *   taken    it is returned once; when it still runs, its end changes nothing
 */
export class RecentJobs {
  private readonly running = new Set<Requeue>();
  /** When each ended, in ms, in that order, and its events. */
  private readonly ended = new Map<Requeue, { readonly endedAt: number; readonly events: number }>();
  private endedEvents = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * The same kind of job, tracked from the start of each run.
   *
   * @param requeue must be safe to call however the job ended
   * @param eventsOf how many events a job has
   */
  track<Payload>(
    kind: JobKind<Payload>,
    requeue: (job: RecentJob<Payload>) => Promise<void>,
    eventsOf: (payload: Payload) => number = () => 1,
  ): JobKind<Payload> {
    const during = <Result>(
      payload: Payload,
      { lane, jobId }: { readonly lane: Lane; readonly jobId: string | undefined },
      work: () => Promise<Result>,
    ): Promise<Result> =>
      jobId === undefined || jobId.endsWith(REPETITION)
        ? work()
        : this.during(
            () => requeue({ payload, lane, repetitionId: jobId + REPETITION }),
            eventsOf(payload),
            work,
          );
    return {
      ...kind,
      run: (payload, lane, job) =>
        during(payload, { lane, jobId: job.id }, () => kind.run(payload, lane, job)),
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
    this.endedEvents = 0;
    this.running.clear();
    return taken;
  }

  private async during<Result>(
    requeue: Requeue,
    events: number,
    work: () => Promise<Result>,
  ): Promise<Result> {
    this.running.add(requeue);
    try {
      return await work();
    } finally {
      if (this.running.delete(requeue)) {
        this.ended.set(requeue, { endedAt: this.now(), events });
        this.endedEvents += events;
      }
      this.forgetOld();
    }
  }

  private forgetOld(): void {
    for (const [requeue, { endedAt, events }] of this.ended) {
      if (this.endedEvents <= MAX_ENDED && endedAt >= this.now() - WINDOW_MS) return;
      this.ended.delete(requeue);
      this.endedEvents -= events;
    }
  }
}
