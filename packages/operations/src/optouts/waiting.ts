import type { Subject } from '@optout-sync/shared/domain';
import type { LedgerEntry } from '@optout-sync/shared/ledger';
import { readSyncState } from '@optout-sync/shared/queues';
import type { Stores } from '../stores';

/**
 * Why Customer.io does not hold the present version of an entry yet:
 *
 * - `queued`: no worker has taken its sync
 * - `active`: a worker carries it out, or waits for its turn at Customer.io
 * - `failing`: its last attempt failed, and the next one is due later
 * - `dead_lettered`: it ended in the dead letters
 * - `lost`: there is neither a sync nor a dead letter. The reconciler requests the sync within a minute, or after a dead letter that was
 *   discarded by the next sweep
 */
export type Waiting =
  | { readonly kind: 'queued' | 'active' | 'lost' }
  | { readonly kind: 'failing'; readonly code: string; readonly failedAt: number }
  | { readonly kind: 'dead_lettered'; readonly ids: readonly string[]; readonly code: string };

/** Returns why an entry waits; `undefined` for one that does not. */
export async function whyWaiting(
  { queues }: Pick<Stores, 'queues'>,
  subject: Subject,
  { version, appliedVersion }: LedgerEntry,
): Promise<Waiting | undefined> {
  if (version <= appliedVersion) return undefined;
  const { state, lastFailure } = await readSyncState(queues, subject);
  if (state === 'delayed' && lastFailure) {
    return { kind: 'failing', code: lastFailure.code, failedAt: lastFailure.at };
  }
  if (state === 'active') return { kind: 'active' };
  if (state !== 'none') return { kind: 'queued' };
  const { workspace, phone } = subject;
  const filter = { stage: 'sync', workspace, phone } as const;
  const { deadLetters } = await queues.deadLetters.page({ filter, limit: 10 });
  const [first] = deadLetters;
  if (!first) return { kind: 'lost' };
  return { kind: 'dead_lettered', ids: deadLetters.map(({ id }) => id), code: first.deadLetter.code };
}
