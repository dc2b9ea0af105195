import type { JobKind } from './process-job';

/** Asks for a job to be done once more. */
export type Requeue = () => Promise<void>;

/** Longer than it takes all connections to leave a master that was replaced. */
const WINDOW_MS = 30_000;
/** Bounds the memory, at some 1 kB each. */
const MAX_ENDED = 10_000;

/** The jobs this worker is at or was at in the last 30 seconds, 10,000 of those that ended at most. */
export class RecentJobs {
  private readonly running = new Set<Requeue>();
  /** By when they ended, the oldest first. */
  private readonly ended = new Map<Requeue, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The same kind of job, remembered from its start on. @param again is safe to call whatever became of the job */
  remembering<Payload>(kind: JobKind<Payload>, again: (payload: Payload) => Promise<void>): JobKind<Payload> {
    return {
      ...kind,
      run: (payload, lane) =>
        this.during(
          () => again(payload),
          () => kind.run(payload, lane),
        ),
      giveUp: (gaveUp) => {
        const { payload } = gaveUp;
        if (payload === undefined) return kind.giveUp(gaveUp);
        return this.during(
          () => again(payload),
          () => kind.giveUp(gaveUp),
        );
      },
    };
  }

  all(): Requeue[] {
    this.forget();
    return [...this.ended.keys(), ...this.running];
  }

  private async during<Result>(again: Requeue, work: () => Promise<Result>): Promise<Result> {
    this.running.add(again);
    try {
      return await work();
    } finally {
      this.running.delete(again);
      this.ended.set(again, this.now());
      this.forget();
    }
  }

  private forget(): void {
    for (const [again, endedAt] of this.ended) {
      if (this.ended.size <= MAX_ENDED && endedAt >= this.now() - WINDOW_MS) return;
      this.ended.delete(again);
    }
  }
}
