import { setTimeout as delay } from 'node:timers/promises';
import type { Subject } from '@optout-sync/shared/domain';
import { enqueueSync, readSyncState, type Lane, type SyncState } from '@optout-sync/shared/queues';
import type { Stores } from '../stores';

/** In ms. Tests replace them. */
interface FollowTimes {
  /** From one look at the sync to the next. */
  readonly pollMs: number;
  /** How long to wait for a worker to take the sync. */
  readonly takeMs: number;
  /** How long to wait for the end of a sync that a worker has taken. */
  readonly endMs: number;
}

const FOLLOW_TIMES: FollowTimes = { pollMs: 200, takeMs: 30_000, endMs: 120_000 };

/**
 * How the sync of a phone went:
 *
 * - `done`: it has ended; another comparison shows what it did
 * - `not_taken`: no worker took it in `takeMs`; it is carried out once one runs
 * - `failing`: an attempt failed, and the worker tries it again later
 * - `running`: a worker has it and has not ended it in `endMs`, such as while it waits for Customer.io
 */
export interface FollowedSync {
  readonly result: 'done' | 'not_taken' | 'failing' | 'running';
  /** The code of the last failed attempt. */
  readonly failedWith?: string | undefined;
}

/**
 * Asks a worker to compare a phone with Customer.io and to opt out whoever has the number and is not. The job of one phone is
 * in the live lane, since somebody waits for it; its requests to Customer.io are behind live traffic. Safe to repeat.
 *
 * @param options.allowOptIn the cio_ids of people who may be set back to `false`
 */
export async function requestForcedSync(
  { marks, queues }: Pick<Stores, 'marks' | 'queues'>,
  subject: Subject,
  { allowOptIn = [], lane = 'live' }: { readonly allowOptIn?: readonly string[]; readonly lane?: Lane } = {},
): Promise<void> {
  await marks.set(subject, { reason: 'operator', mode: 'enforce', allowOptIn });
  await enqueueSync(queues, { version: 1, ...subject }, { lane });
}

/**
 * Waits for the end of a requested sync. To stop waiting does not stop the sync.
 *
 * @param onState is called with each state that differs from the one before
 */
export async function followForcedSync(
  { marks, queues }: Pick<Stores, 'marks' | 'queues'>,
  subject: Subject,
  onState: (state: SyncState['state']) => void,
  times: Partial<FollowTimes> = {},
): Promise<FollowedSync> {
  const { pollMs, takeMs, endMs } = { ...FOLLOW_TIMES, ...times };
  const startedAt = performance.now();
  let before: SyncState['state'] | undefined;
  for (;;) {
    if (!(await marks.read(subject))) return { result: 'done' };
    const { state, lastFailure } = await readSyncState(queues, subject);
    if (state !== before) onState(state);
    before = state;
    if (state === 'delayed' && lastFailure) return { result: 'failing', failedWith: lastFailure.code };
    const waitedMs = performance.now() - startedAt;
    if (state === 'active' && waitedMs >= endMs) return { result: 'running', failedWith: lastFailure?.code };
    if (state !== 'active' && waitedMs >= takeMs) return { result: 'not_taken' };
    await delay(pollMs);
  }
}
