import type { FailedAttempt } from './jobs';

/** The data of a job: its payload and its failed attempts so far. */
export interface JobData<Payload> {
  readonly payload: Payload;
  readonly failures?: readonly FailedAttempt[];
  /** From when, in ms since 1970, it has failed with transient errors; moved forward by the time spent in outages. */
  readonly transientSince?: number | undefined;
  /** The replay run that requeued it. */
  readonly run?: string | undefined;
  /** The id of the dead letter that was requeued. */
  readonly replayOf?: string | undefined;
  /** The same for each event of a batch, in their order. */
  readonly eventReplayOf?: readonly (string | null)[] | undefined;
  /** The job was split from one that was active at several deaths of workers: it runs in quarantine. */
  readonly suspect?: boolean;
}
