import { maskPhone, type Subject } from '@optout-sync/shared/domain';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { requestForcedSync } from './forced-sync';

/**
 * Requests the forced sync of a phone for an operator, with an entry in the audit trail.
 *
 * @throws {OperationError} `who_missing`, `entry_not_found`
 */
export async function requestSyncByHand(
  stores: Pick<Stores, 'marks' | 'queues' | 'ledger' | 'audit'>,
  subject: Subject,
  author: Partial<Author>,
): Promise<void> {
  const { by, why } = requireAuthor(author);
  await requireEntry(stores, subject);
  const { workspace, channel, phone } = subject;
  await stores.audit.add({
    action: 'sync',
    by,
    why,
    details: { workspace, channel, phone: maskPhone(phone) },
  });
  await requestForcedSync(stores, subject);
}

/** @throws {OperationError} `entry_not_found`: there is nothing that a sync could bring to Customer.io */
export async function requireEntry({ ledger }: Pick<Stores, 'ledger'>, subject: Subject): Promise<void> {
  if (await ledger.read(subject)) return;
  const { channel, workspace } = subject;
  const message = `the ledger has no entry of this phone (${channel}, workspace ${workspace})`;
  throw new OperationError('entry_not_found', message, 'failed');
}
