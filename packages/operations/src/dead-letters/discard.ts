import type { DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { requireAuthor, type Author } from '../audit/author';
import type { Stores } from '../stores';
import { requireUnchanged, type PreviewedSet } from './previewed-set';

/**
 * Discards the dead letters that meet a filter, except those that a run is replaying. The audit trail has an entry before
 * and after, so that it shows the discard whatever happens in between.
 *
 * @returns how many were discarded
 * @throws {OperationError} `who_missing`
 */
export async function discardDeadLetters(
  { queues, audit }: Pick<Stores, 'queues' | 'audit'>,
  filter: DeadLetterFilter,
  author: Partial<Author>,
): Promise<number> {
  requireAuthor(author);
  return discardSet({ queues, audit }, { filter, ...(await queues.deadLetters.select(filter)) }, author);
}

/**
 * Discards the dead letters that were previewed, and no others.
 *
 * @returns how many were discarded
 * @throws {OperationError} `who_missing`, `selection_changed`
 */
export async function discardPreviewed(
  stores: Pick<Stores, 'queues' | 'audit'>,
  set: PreviewedSet,
  author: Partial<Author>,
): Promise<number> {
  await requireUnchanged(stores, set);
  return discardSet(stores, set, author);
}

async function discardSet(
  { queues, audit }: Pick<Stores, 'queues' | 'audit'>,
  { filter, count, revision }: PreviewedSet,
  author: Partial<Author>,
): Promise<number> {
  const { by, why } = requireAuthor(author);
  await audit.add({ action: 'discard', by, why, details: { filter, count } });
  const discarded = await queues.deadLetters.discard(filter, { cutoff: revision });
  await audit.add({ action: 'discarded', by, why, details: { filter, count: discarded } });
  return discarded;
}
