import type { Subject } from '../domain/subject';
import type { FailedAttempt } from './jobs';
import { phoneId } from './phone-jobs';
import type { Queues } from './queues';

/** The sync of a phone: whether a worker has it, and how its last attempt failed. */
export interface SyncState {
  /**
   * - `none`: there is none, or it has just ended
   * - `waiting`: no worker has taken it yet
   * - `active`: a worker carries it out
   * - `delayed`: an attempt failed, and the next one is due later
   */
  readonly state: 'none' | 'waiting' | 'active' | 'delayed';
  /** Missing when no attempt failed. */
  readonly lastFailure?: FailedAttempt | undefined;
}

/** Returns the state of the sync of a phone. */
export async function readSyncState(
  { syncOf }: Pick<Queues, 'syncOf'>,
  { workspace, channel, phone }: Subject,
): Promise<SyncState> {
  const queue = syncOf(workspace);
  const jobId = await queue.getDeduplicationJobId(phoneId({ channel, phone }));
  const job = jobId === null ? undefined : await queue.getJob(jobId);
  if (!job) return { state: 'none' };
  const lastFailure = job.data.failures?.at(-1);
  const state = await job.getState();
  if (state === 'active' || state === 'delayed') return { state, lastFailure };
  return { state: state === 'waiting' || state === 'prioritized' ? 'waiting' : 'none', lastFailure };
}
