import { DelayedError, type Job, type Processor } from 'bullmq';
import type { DeadLetter, ReplayRuns } from '@optout-sync/shared/dead-letters';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { laneOfJob, type FailedAttempt, type JobData, type Lane } from '@optout-sync/shared/queues';
import { decide } from '../domain/retry-policy';
import type { Quarantine } from './quarantine';

/** The dead letter of a job that was given up. */
export function toDeadLetter(
  stage: DeadLetter['stage'],
  { failure, attempts }: ExhaustedJob<unknown>,
  undone: DeadLetter['undone'],
): DeadLetter {
  const now = Date.now();
  return {
    version: 1,
    stage,
    code: failure.code,
    message: failure.message,
    undone,
    attempts: [...attempts],
    firstFailedAt: attempts[0]?.at ?? now,
    lastFailedAt: attempts.at(-1)?.at ?? now,
  };
}

/** What a queue's jobs are and what to do with them. */
export interface JobKind<Payload> {
  /** Reads the payload; throws a Failure for one that is not understood. */
  parse(raw: unknown): Payload;
  /** Does the work, safely repeatable; `lane` is the job's. Resolves with a word for the metrics; throws when it failed. */
  run(payload: Payload, lane: Lane): Promise<string>;
  /** Puts the job where operators find it, safely repeatable. `payload` is missing when it was not understood. */
  giveUp(gaveUp: ExhaustedJob<Payload>): Promise<void>;
}

/** Hears how every try of a job ended. */
export interface JobEvents {
  jobFinished(queue: string, result: string, seconds: number): void;
  jobFailed(queue: string, failure: JobError, next: 'retry' | 'dead_letter'): void;
}

export interface ExhaustedJob<Payload> {
  readonly failure: JobError;
  readonly attempts: readonly FailedAttempt[];
  readonly payload?: Payload;
  readonly raw: unknown;
}

/** A job that was at work whenever a worker died may be what kills them: from then on it runs in quarantine. */
const SUSPECT_AFTER = 3;
/** Older tries than these are forgotten, but never the first. */
const KEPT_FAILURES = 50;

/**
 * A processor under the retry policy. A failed job goes back to wait for its time, or to the dead letters; that is done
 * before the job ends, so a crash in between repeats it rather than losing it.
 */
export function processJob<Payload>(
  queue: string,
  kind: JobKind<Payload>,
  deps: {
    readonly events: JobEvents;
    readonly quarantine: Quarantine;
    readonly runs: Pick<ReplayRuns, 'recordOutcome'>;
  },
): Processor<JobData<unknown>, string> {
  const { events, quarantine, runs } = deps;
  /** A replay run counts how what it put back to work ended. */
  const tell = async ({ data }: Job<JobData<unknown>>, outcome: string): Promise<void> => {
    if (data.run !== undefined) await runs.recordOutcome(data.run, outcome);
  };
  return async (job, token) => {
    const startedAt = performance.now();
    let payload: Payload | undefined;
    try {
      const parsed = (payload = kind.parse(job.data.payload));
      const run = (): Promise<string> => kind.run(parsed, laneOfJob(job));
      const suspect = job.stalledCounter >= SUSPECT_AFTER;
      const result = suspect ? await quarantine.run(`${queue}:${job.id ?? ''}`, run) : await run();
      await tell(job, result);
      events.jobFinished(queue, result, (performance.now() - startedAt) / 1_000);
      return result;
    } catch (error) {
      const failure = toJobError(error);
      const now = Date.now();
      if (failure.kind === 'interrupted') {
        // No try: were it counted, jobs that wait through some restarts would end up waiting for minutes.
        events.jobFailed(queue, failure, 'retry');
        await job.moveToDelayed(now, token);
        throw new DelayedError();
      }
      const failures = remember(job, failure, now);
      // Any other kind says nothing about the job, so it starts the horizon anew.
      const transientSince = failure.kind === 'transient' ? (job.data.transientSince ?? now) : undefined;
      const decision = decide(failure, { tries: failures.length, transientSince, now });
      events.jobFailed(queue, failure, decision.type);
      if (decision.type === 'dead_letter') {
        await kind.giveUp({ failure, attempts: failures, payload, raw: job.data.payload });
        await tell(job, 'dead_lettered');
        return 'dead_lettered';
      }
      await job.updateData({ ...job.data, failures, transientSince });
      await job.moveToDelayed(now + decision.delayMs, token);
      throw new DelayedError();
    }
  };
}

function remember(job: Job<JobData<unknown>>, { code, status }: JobError, at: number): FailedAttempt[] {
  const past = job.data.failures ?? [];
  const failures = [...past, { at, code, ...(status === undefined ? {} : { status }) }];
  return failures.length <= KEPT_FAILURES
    ? failures
    : [...failures.slice(0, 1), ...failures.slice(1 - KEPT_FAILURES)];
}
