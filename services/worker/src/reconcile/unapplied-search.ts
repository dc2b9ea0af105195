import type { DestinationName, Subject } from '@optout-sync/shared/domain';
import type { Lane } from '@optout-sync/shared/queues';
import type { UnappliedIndex } from '@optout-sync/shared/reconcile';

export interface UnappliedEvents {
  /** A phone waited without a job, which has been enqueued. @param destination undefined for the sync */
  unappliedRequested(subject: Subject, destination: DestinationName | undefined): void;
}

/** The jobs that a search looks for. */
export interface SearchedJobs {
  readonly destination?: DestinationName;
  readonly isQueued: (subject: Subject) => Promise<boolean>;
  readonly enqueue: (subject: Subject, lane: Lane) => Promise<void>;
}

/** Phones that one search examines. */
const PAGE = 1_000;
/** In ms. An older event must not delay live ones. */
const LIVE_FOR_MS = 3_600_000;

/**
 * Finds phones whose job is lost, that of their sync or of an optional destination, as when a master of the queues failed over and that of the ledger did not, and enqueues
 * it. Each search continues after the one before, since most phones in a backlog have their job.
 */
export class UnappliedSearch {
  private offset = 0;

  constructor(
    private readonly options: {
      readonly workspace: string;
      readonly unapplied: Pick<UnappliedIndex, 'list'>;
      readonly jobs: SearchedJobs;
      readonly afterMs: number;
      /** In ms since 1970, by the clock that events are received by. */
      readonly now: () => number;
      readonly telemetry: UnappliedEvents;
    },
  ) {}

  async run(): Promise<void> {
    const { workspace, unapplied, jobs, afterMs, telemetry } = this.options;
    const now = this.options.now();
    const page = { before: now - afterMs, offset: this.offset, limit: PAGE };
    const waiting = await unapplied.list(workspace, page);
    this.offset = waiting.length < PAGE ? 0 : this.offset + PAGE;
    for (const { subject, receivedAt } of waiting) {
      if (await jobs.isQueued(subject)) continue;
      await jobs.enqueue(subject, receivedAt > now - LIVE_FOR_MS ? 'live' : 'background');
      telemetry.unappliedRequested(subject, jobs.destination);
    }
  }
}
