import { DelayedError, type Job, type Processor } from 'bullmq';
import type { ReplayRuns } from '@optout-sync/shared/dead-letters';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { laneOfJob, type FailedAttempt, type JobData } from '@optout-sync/shared/queues';
import { decide, horizonStart } from '../domain/retry-policy';
import type { ExhaustedJob, JobKind } from './job-kind';
import type { Quarantine } from './quarantine';

export interface JobEvents {
  jobFinished(queue: string, outcome: string, seconds: number): void;
  jobFailed(queue: string, failure: JobError, next: 'retry' | 'dead_letter'): void;
}

/** A job that was active at this many worker deaths may be their cause: it runs in quarantine from then on. */
const CANDIDATE_AFTER_STALLS = 3;
/** Failed attempts stored with a job: the first and the latest. */
const MAX_ATTEMPTS_STORED = 50;

/**
 * Returns the BullMQ processor of a queue: it runs each job under the retry policy. A failed job is delayed or
 * dead-lettered before its processing ends, so a crash in between repeats the job and never loses it.
 */
export function processJob<Payload>(
  queue: string,
  kind: JobKind<Payload>,
  context: {
    readonly telemetry: JobEvents;
    readonly quarantine: Quarantine;
    readonly queues: { readonly runs: Pick<ReplayRuns, 'recordOutcome'> };
  },
): Processor<JobData<unknown>, string> {
  const { telemetry, quarantine, queues } = context;
  const recordOutcome = outcomeRecorder(queues.runs);
  return async (job, token) => {
    const startedAt = performance.now();
    let payload: Payload | undefined;
    try {
      const parsed = (payload = kind.parse(job.data.payload));
      const run = (): Promise<string> => kind.run(parsed, laneOfJob(job), job.id);
      const isCandidate = job.stalledCounter >= CANDIDATE_AFTER_STALLS;
      const outcome = isCandidate ? await quarantine.run(`${queue}:${job.id ?? ''}`, run) : await run();
      await recordOutcome(job, outcome, true);
      telemetry.jobFinished(queue, outcome, (performance.now() - startedAt) / 1_000);
      return outcome;
    } catch (error) {
      const failure = toJobError(error);
      const now = Date.now();
      if (failure.kind === 'aborted') {
        // Not an attempt: if it counted, a job that waits through several restarts would back off for minutes.
        telemetry.jobFailed(queue, failure, 'retry');
        await job.moveToDelayed(now, token);
        throw new DelayedError();
      }
      const failures = withAttempt(job, failure, now);
      const previous = { transientSince: job.data.transientSince, at: job.data.failures?.at(-1)?.at };
      const transientSince = horizonStart(failure, previous, now);
      const decision = decide(failure, { attempts: failures.length, transientSince, now });
      telemetry.jobFailed(queue, failure, decision.type);
      if (decision.type === 'dead_letter') {
        await kind.onExhausted({ ...exhaustedJob(job, failure, failures), payload });
        await recordOutcome(job, 'dead_lettered');
        return 'dead_lettered';
      }
      const isSuperseded = async (): Promise<boolean> =>
        payload !== undefined && ((await kind.isSuperseded?.(payload)) ?? false);
      if (await isSuperseded()) {
        await recordOutcome(job, 'superseded');
        return 'superseded';
      }
      await job.updateData({ ...job.data, failures, transientSince });
      await job.moveToDelayed(now + decision.delayMs, token);
      // The request came since the first check. It cannot follow a delayed job, so this one is run for it.
      if (await isSuperseded().catch(() => false)) await job.promote().catch(() => undefined);
      throw new DelayedError();
    }
  };
}

/** A replay run counts how the jobs that it enqueued end. */
function outcomeRecorder(runs: Pick<ReplayRuns, 'recordOutcome'>) {
  return async (
    { data: { run, replayOf } }: Job<JobData<unknown>>,
    outcome: string,
    succeeded = false,
  ): Promise<void> => {
    if (run !== undefined) await runs.recordOutcome(run, outcome, succeeded ? replayOf : undefined);
  };
}

function exhaustedJob(
  job: Job<JobData<unknown>>,
  failure: JobError,
  attempts: readonly FailedAttempt[],
): Omit<ExhaustedJob<never>, 'payload'> {
  const { payload: raw, replayOf } = job.data;
  return { failure, attempts, raw, replayOf, lane: laneOfJob(job), jobId: job.id };
}

/** The failed attempts of a job with the latest one added. */
function withAttempt(job: Job<JobData<unknown>>, { code, status }: JobError, at: number): FailedAttempt[] {
  const attempts = [...(job.data.failures ?? []), { at, code, ...(status === undefined ? {} : { status }) }];
  return attempts.length <= MAX_ATTEMPTS_STORED
    ? attempts
    : [...attempts.slice(0, 1), ...attempts.slice(1 - MAX_ATTEMPTS_STORED)];
}
