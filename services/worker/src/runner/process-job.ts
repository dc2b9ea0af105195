import { DelayedError, type Job, type Processor } from 'bullmq';
import type { ReplayRuns } from '@optout-sync/shared/dead-letters';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { laneOfJob, type FailedAttempt, type JobData } from '@optout-sync/shared/queues';
import { inSpan, markFailed } from '@optout-sync/shared/tracing';
import { decide, horizonStart } from '../domain/retry-policy';
import type { EventOutcome, ExhaustedJob, JobKind, RunningJob } from './job-kind';
import type { Quarantine } from './quarantine';

export interface JobEvents {
  /**
   * @param outcomes one for each event of the job
   * @param fields resolves with those of the log line, as of a failure; it may read from Redis, so it is called where the line is written
   */
  jobFinished(
    queue: string,
    outcomes: readonly string[],
    seconds: number,
    fields: () => Promise<object>,
  ): void;
  /** @param fields of the log line: what the job is about, which attempt it was, and when the next one is due */
  jobFailed(queue: string, failure: JobError, next: 'retry' | 'dead_letter', fields: object): void;
}

/** A job that was active at this many worker deaths may be their cause: it runs in quarantine from then on. */
const CANDIDATE_AFTER_STALLS = 3;
/** Failed attempts stored with a job: the first and the latest. */
const MAX_ATTEMPTS_STORED = 50;

interface Context {
  readonly telemetry: JobEvents;
  readonly quarantine: Pick<Quarantine, 'run'>;
  readonly queues: { readonly runs: Pick<ReplayRuns, 'recordOutcomes'> };
}

/** What the attempts of a queue's jobs share. */
interface Runner<Payload> {
  readonly queue: string;
  readonly kind: JobKind<Payload>;
  readonly telemetry: JobEvents;
  readonly quarantine: Pick<Quarantine, 'run'>;
  readonly recordOutcomes: ReturnType<typeof outcomeRecorder>;
}

/**
 * Returns the BullMQ processor of a queue: it runs each job under the retry policy. A failed job is delayed or
 * dead-lettered before its processing ends, so a crash in between repeats the job and never loses it. A job of several events
 * is split before it is quarantined or dead-lettered, so that each of them ends by itself.
 */
export function processJob<Payload>(
  queue: string,
  kind: JobKind<Payload>,
  { telemetry, quarantine, queues }: Context,
): Processor<JobData<unknown>, string> {
  const runner = { queue, kind, telemetry, quarantine, recordOutcomes: outcomeRecorder(queues.runs) };
  return async (job, token) => {
    let payload: Payload;
    try {
      payload = kind.parse(job.data.payload, job.data);
    } catch (error) {
      return fail(runner, { job, token, payload: undefined }, toJobError(error));
    }
    return inAttemptSpan(runner, job, payload, async (span) => {
      const startedAt = performance.now();
      try {
        const outcomes = await attempt(runner, job, payload);
        const seconds = (performance.now() - startedAt) / 1_000;
        telemetry.jobFinished(queue, outcomes, seconds, () => lineFields(kind, job, payload));
        span?.setAttribute('optout.outcomes', [...new Set(outcomes)]);
        return outcomes.length === 1 ? (outcomes[0] ?? '') : 'done';
      } catch (error) {
        const failure = toJobError(error);
        markFailed(span, failure);
        return fail(runner, { job, token, payload }, failure);
      }
    });
  };
}

/**
 * Runs one attempt in a span, which continues the trace of the webhook that caused the job. A failure is handled within it, so that
 * its log line has the ids.
 */
function inAttemptSpan<Payload>(
  { queue, kind }: Runner<Payload>,
  job: Job<JobData<unknown>>,
  payload: Payload,
  work: Parameters<typeof inSpan<string>>[2],
): Promise<string> {
  const attributes = { 'optout.lane': laneOfJob(job), 'optout.attempt': runningJob(job).attempt };
  const causes = kind.causes?.(payload) ?? [];
  return inSpan(`job ${queue}`, { kind: 'consumer', attributes, causes }, work);
}

/** Runs a job. Resolves with the outcome of each of its events. */
async function attempt<Payload>(
  { queue, kind, quarantine, recordOutcomes }: Runner<Payload>,
  job: Job<JobData<unknown>>,
  payload: Payload,
): Promise<readonly string[]> {
  const [lane, running] = [laneOfJob(job), runningJob(job)];
  const run = () => kind.run(payload, lane, running);
  const isCandidate = job.stalledCounter >= CANDIDATE_AFTER_STALLS || job.data.suspect === true;
  if (isCandidate && (await kind.split?.(payload, lane, withData(running, { suspect: true }))))
    return ['split'];
  const result = isCandidate ? await quarantine.run(`${queue}:${running.id}`, run) : await run();
  const ended = typeof result === 'string' ? [{ outcome: result, replayOf: job.data.replayOf }] : result;
  await recordOutcomes(job, ended);
  return ended.map(({ outcome }) => outcome);
}

/** Delays a job whose attempt failed, or ends it. */
async function fail<Payload>(
  { queue, kind, telemetry, recordOutcomes }: Runner<Payload>,
  {
    job,
    token,
    payload,
  }: {
    readonly job: Job<JobData<unknown>>;
    readonly token: string | undefined;
    readonly payload: Payload | undefined;
  },
  failure: JobError,
): Promise<string> {
  const now = Date.now();
  if (failure.kind === 'aborted') {
    // Not an attempt: if it counted, a job that waits through several restarts would back off for minutes.
    telemetry.jobFailed(queue, failure, 'retry', attemptFields(job));
    await job.moveToDelayed(now, token);
    throw new DelayedError();
  }
  const failures = withAttempt(job, failure, now);
  const previous = { transientSince: job.data.transientSince, at: job.data.failures?.at(-1)?.at };
  const transientSince = horizonStart(failure, previous, now);
  const decision = decide(failure, { attempts: failures.length, transientSince, now });
  telemetry.jobFailed(queue, failure, decision.type, {
    ...(payload === undefined ? attemptFields(job) : await lineFields(kind, job, payload)),
    ...(decision.type === 'retry' && { delayMs: Math.round(decision.delayMs) }),
  });
  if (decision.type === 'dead_letter') {
    const exhausted = withData(runningJob(job), { failures, transientSince });
    if (payload !== undefined && (await kind.split?.(payload, laneOfJob(job), exhausted))) return 'split';
    await kind.onExhausted({ ...exhaustedJob(job, failure, failures), payload });
    await recordOutcomes(job, [{ outcome: 'dead_lettered' }]);
    return 'dead_lettered';
  }
  const isSuperseded = async (): Promise<boolean> =>
    payload !== undefined && ((await kind.isSuperseded?.(payload)) ?? false);
  if (await isSuperseded()) {
    await recordOutcomes(job, [{ outcome: 'superseded' }]);
    return 'superseded';
  }
  await job.updateData({ ...job.data, failures, transientSince });
  await job.moveToDelayed(now + decision.delayMs, token);
  // The request came since the first check. It cannot follow a delayed job, so this one is run for it.
  if (await isSuperseded().catch(() => false)) await job.promote().catch(() => undefined);
  throw new DelayedError();
}

/** Which attempt of a job it is. */
function attemptFields(job: Job<JobData<unknown>>): object {
  const { attempt, waitedMs } = runningJob(job);
  return { lane: laneOfJob(job), attempt, waitedMs };
}

/** What the log line of an attempt says of the job. Never rejects: Redis may be what fails. */
async function lineFields<Payload>(
  kind: JobKind<Payload>,
  job: Job<JobData<unknown>>,
  payload: Payload,
): Promise<object> {
  const fields = attemptFields(job);
  try {
    return { ...fields, ...(await kind.describe?.(payload)) };
  } catch {
    return fields;
  }
}

/** A replay run counts how the jobs that it enqueued end. */
function outcomeRecorder(runs: Pick<ReplayRuns, 'recordOutcomes'>) {
  return async ({ data: { run } }: Job<JobData<unknown>>, ended: readonly EventOutcome[]): Promise<void> => {
    if (run !== undefined) await runs.recordOutcomes(run, ended);
  };
}

function runningJob(job: Job<JobData<unknown>>): RunningJob {
  const { id = '', data, attemptsStarted, stalledCounter, timestamp, processedOn = timestamp } = job;
  return {
    id,
    data,
    isRepeated: attemptsStarted > 1 || stalledCounter > 0,
    attempt: attemptsStarted,
    waitedMs: Math.max(0, processedOn - timestamp),
  };
}

function withData(job: RunningJob, data: Omit<JobData<unknown>, 'payload'>): RunningJob {
  return { ...job, data: { ...job.data, ...data } };
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
