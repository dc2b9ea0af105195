import type { DeadLetter, JobStores } from '@optout-sync/shared/dead-letters';
import type { InboundEvent, JobError } from '@optout-sync/shared/domain';
import type { FailedAttempt, JobData, Lane } from '@optout-sync/shared/queues';

/** How jobs of one kind are parsed, run and, once they are not retried any more, dead-lettered. */
export interface JobKind<Payload> {
  /**
   * Parses the payload of a job.
   *
   * @param data the data of the job, with the payload
   * @throws {JobError} when the payload is invalid
   */
  parse(raw: unknown, data: JobData<unknown>): Payload;
  /**
   * Runs a job. Safe to repeat. Resolves with the outcome for the metrics, or with one for each event that ended.
   *
   * @param lane the lane of the job
   * @throws {JobError} when the attempt fails; the retry policy decides by its kind
   */
  run(payload: Payload, lane: Lane, job: RunningJob): Promise<string | readonly EventOutcome[]>;
  /** The webhooks that caused a job, as W3C `traceparent`, for its trace. */
  causes?(payload: Payload): readonly (string | undefined)[];
  /**
   * Gives each event of a job that holds several a job of its own, with the data of that job. Safe to repeat. Resolves with
   * false for a job of one. Without it, jobs are never split.
   */
  split?(payload: Payload, lane: Lane, job: RunningJob): Promise<boolean>;
  /**
   * Whether a live request of the same work waits behind a running job. If the job's attempt fails, the job ends and the
   * request follows at once, with attempts of its own.
   */
  isSuperseded?(payload: Payload): Promise<boolean>;
  /**
   * Whom and what a job is about, for the log line of an attempt; phones are masked. What it rejects with is left out of the
   * line.
   */
  describe?(payload: Payload): JobDescription | Promise<JobDescription>;
  /** Stores the dead letter of a job. Safe to repeat. */
  onExhausted(job: ExhaustedJob<Payload>): Promise<void>;
}

/** Fields of a log line, without private data. */
export interface JobDescription {
  readonly workspace?: string;
  readonly messageSids?: readonly string[];
  /** Masked. */
  readonly phones?: readonly string[];
  readonly [field: string]: unknown;
}

/** A job at an attempt. */
export interface RunningJob {
  readonly id: string;
  readonly data: JobData<unknown>;
  /** Whether an earlier attempt may have done a part of it. */
  readonly isRepeated: boolean;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** How long ago the job was enqueued when the attempt began, in ms. */
  readonly waitedMs: number;
}

/** The lane of a job, and which attempt of it did something; without numbers where that follows after the job has ended. */
export type Attempt = { readonly lane: Lane } & Partial<Pick<RunningJob, 'attempt' | 'waitedMs'>>;

/** How an event of a job ended, and the id of the dead letter that it was before a replay. */
export interface EventOutcome {
  readonly outcome: string;
  readonly replayOf?: string | undefined;
}

/** A job that is not retried any more. */
export interface ExhaustedJob<Payload> {
  /** Why the last attempt failed. */
  readonly failure: JobError;
  readonly attempts: readonly FailedAttempt[];
  /** Missing when it could not be parsed. */
  readonly payload?: Payload;
  readonly raw: unknown;
  readonly lane?: Lane;
  readonly jobId?: string | undefined;
  /** The id of the dead letter that a replay requeued as this job. */
  readonly replayOf?: string | undefined;
}

/** The workspace of an event, and the lane of the job that it is in. */
export interface EventPlace {
  readonly workspace: string;
  readonly lane: Lane;
}

export interface DeadLetterEvents {
  /**
   * @param inboundEvents the inbound events that end as `dead_lettered` with it
   * @param lane of their job; default: live
   */
  deadLettered(
    deadLetter: DeadLetter,
    id: string,
    inboundEvents: readonly Pick<InboundEvent, 'kind' | 'source'>[],
    lane?: Lane,
  ): void;
}

/**
 * Stores the dead letter of an exhausted job, with the attempts of the one that a replay requeued as this job.
 *
 * @param payload what a replay repeats; the stored dead letters call it `undone`
 */
export async function storeDeadLetter(
  { deadLetters }: { readonly deadLetters: Pick<JobStores['deadLetters'], 'put'> },
  stage: DeadLetter['stage'],
  job: ExhaustedJob<unknown>,
  payload: DeadLetter['undone'],
): Promise<{ readonly deadLetter: DeadLetter; readonly id: string }> {
  const deadLetter = toDeadLetter(stage, job, payload);
  return { deadLetter, id: await deadLetters.put(deadLetter, job.replayOf) };
}

/**
 * The dead letter of an exhausted job.
 *
 * @param payload what a replay repeats; the stored dead letters call it `undone`
 */
export function toDeadLetter(
  stage: DeadLetter['stage'],
  { failure, attempts }: ExhaustedJob<unknown>,
  payload: DeadLetter['undone'],
): DeadLetter {
  const now = Date.now();
  return {
    version: 1,
    stage,
    code: failure.code,
    message: failure.message,
    undone: payload,
    attempts: [...attempts],
    firstFailedAt: attempts[0]?.at ?? now,
    lastFailedAt: attempts.at(-1)?.at ?? now,
  };
}
