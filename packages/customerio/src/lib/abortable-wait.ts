import { setTimeout as delay } from 'node:timers/promises';
import { JobError } from '@optout-sync/shared/domain';

/** Resolves after `ms`. @throws {JobError} `worker_stopping` once `stopping` is aborted, or when it is already */
export async function abortableWait(ms: number, stopping: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, { signal: stopping });
  } catch {
    throw new JobError('aborted', 'worker_stopping', 'shutdown began before the request was sent');
  }
}
