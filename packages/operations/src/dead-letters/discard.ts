import type { DeadLetterFilter } from '@optout-sync/shared/dead-letters';
import { requireAuthor, type Author } from '../audit/author';
import type { Stores } from '../stores';

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
  const { by, why } = requireAuthor(author);
  const { count } = await queues.deadLetters.count(filter, { exact: true });
  await audit.add({ action: 'discard', by, why, details: { filter, count } });
  const discarded = await queues.deadLetters.discard(filter);
  await audit.add({ action: 'discarded', by, why, details: { filter, count: discarded } });
  return discarded;
}
