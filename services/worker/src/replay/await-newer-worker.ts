import { DelayedError, type Job, type Processor } from 'bullmq';
import { UnsupportedRunError, type JobStores } from '@optout-sync/shared/dead-letters';
import { JobError } from '@optout-sync/shared/domain';
import { ReplayRequest } from '@optout-sync/shared/queues';
import { RETRY_HORIZON_MS, UNSUPPORTED_DELAY_MS } from '../domain/retry-policy';
import { parsePayload, type PayloadCodes } from '../runner/parse-payload';
import type { JobEvents } from '../runner/process-job';

const CODES: PayloadCodes = {
  invalid: 'replay_invalid',
  versionUnknown: 'replay_version_unknown',
  valueUnknown: 'replay_version_unknown',
};

type Runs = Pick<JobStores['runs'], 'get' | 'cancel' | 'release'>;

/**
 * Processes replay runs, and leaves one that a newer version created to a worker that knows it: its job is tried again each 30
 * seconds. A filter with a term that this worker does not know would select more than was asked for. After 24 hours the run is
 * cancelled; its dead letters stay. A run whose request is damaged in Redis is known by the id of its job, and carried out.
 *
 * @param process carries out the run of this id
 */
export function awaitNewerWorker(
  process: (run: string) => Promise<string>,
  {
    queues,
    telemetry,
  }: {
    readonly queues: { readonly runs: Runs };
    readonly telemetry: Pick<JobEvents, 'jobFailed'>;
  },
): Processor<unknown, string> {
  return async (job, token) => {
    try {
      return await process(await requestedRun(job, queues.runs));
    } catch (error) {
      const failure = toFailure(error);
      if (!failure) throw error;
      const gaveUp = failure.kind === 'rejected' || Date.now() - job.timestamp > RETRY_HORIZON_MS;
      telemetry.jobFailed(job.queueName, failure, gaveUp ? 'dead_letter' : 'retry', {
        run: job.id,
        attempt: job.attemptsStarted,
      });
      if (!gaveUp) {
        await job.moveToDelayed(Date.now() + UNSUPPORTED_DELAY_MS, token);
        throw new DelayedError();
      }
      const { run } = (job.data ?? {}) as { readonly run?: unknown };
      if (typeof run !== 'string') return 'unknown';
      await queues.runs.release(run);
      return (await queues.runs.cancel(run)) ?? 'unknown';
    }
  };
}

/** @throws {JobError} when the request is of a newer version, or neither it nor the id of its job is that of a run */
async function requestedRun({ id, data }: Job<unknown>, runs: Runs): Promise<string> {
  try {
    return parsePayload(ReplayRequest, data, CODES, 'the replay request').run;
  } catch (error) {
    const isDamaged = error instanceof JobError && error.kind === 'rejected';
    if (!isDamaged || id === undefined || !(await runs.get(id))) throw error;
    return id;
  }
}

function toFailure(error: unknown): JobError | undefined {
  if (error instanceof UnsupportedRunError) {
    return new JobError('unsupported', 'replay_version_unknown', error.message);
  }
  return error instanceof JobError ? error : undefined;
}
