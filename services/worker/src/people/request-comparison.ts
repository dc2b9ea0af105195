import { isOptedOut, type ReconcileMode } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { Lane, TracedSubject } from '@optout-sync/shared/queues';
import type { Newcomers } from '@optout-sync/shared/reconcile';
import type { SyncTarget } from '../destinations/sync-target';
import type { ForcedSyncRequests } from '../reconcile/forced-sync-requests';

/** What requests the comparison of a phone whose people changed. */
export interface ComparisonContext {
  readonly ledger: Pick<Ledger, 'read' | 'readWhole'>;
  readonly newcomers: Pick<Newcomers, 'add'>;
  readonly forcedSyncs: Pick<ForcedSyncRequests, 'request'>;
  readonly config: { readonly reconcile: { readonly mode: ReconcileMode | undefined } };
}

/** A phone, and a person who may have it now. */
export interface Change {
  readonly subject: TracedSubject;
  readonly cioId?: string | undefined;
}

/**
 * Requests a comparison of a phone with Customer.io when it is opted out, and reads nothing but the ledger otherwise. Safe to
 * repeat. A person who is given by cio_id is read by it, and written to only when the number that is read is this one.
 *
 * @returns whether the phone is opted out
 */
export async function requestComparison(
  { ledger, newcomers, forcedSyncs, config }: ComparisonContext,
  { policy }: Pick<SyncTarget, 'policy'>,
  { subject, cioId }: Change,
  lane: Lane,
): Promise<boolean> {
  // With what an old worker stored under another spelling of the number: the sync that is requested merges it.
  const entry = await ledger.readWhole(subject);
  if (!entry || isOptedOut([...entry.senders.values()], policy) !== true) return false;
  // First: the comparison reads the newcomers.
  if (cioId !== undefined) await newcomers.add(subject, cioId);
  const mode = config.reconcile.mode ?? 'enforce';
  await forcedSyncs.request(subject, { reason: 'person_changed', mode }, lane);
  return true;
}
