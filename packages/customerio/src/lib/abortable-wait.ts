import { setTimeout as delay } from 'node:timers/promises';
import { JobError } from '@optout-sync/shared/domain';

/** Waits `ms` for a turn with Customer.io. Throws a Failure when the worker stops first, or has stopped already. */
export async function wait(ms: number, stopping: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, { signal: stopping });
  } catch {
    throw new JobError('interrupted', 'worker_stopping', 'the worker stops before its turn came');
  }
}
