import type { DeadLetterFilter, StoredDeadLetter } from '@optout-sync/shared/dead-letters';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';

/** A page of dead letters, and how many meet the filter in all. */
interface DeadLetterList {
  readonly deadLetters: readonly StoredDeadLetter[];
  /** The cursor of the next page; `undefined` on the last one. */
  readonly next: string | undefined;
  readonly total: number;
  /** False when there may be more than `total`. */
  readonly exact: boolean;
}

/** Lists the dead letters that meet a filter, the oldest failure first. */
export async function listDeadLetters(
  { queues }: Pick<Stores, 'queues'>,
  query: {
    readonly filter: DeadLetterFilter;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<DeadLetterList> {
  const [{ deadLetters, next }, { count, exact }] = await Promise.all([
    queues.deadLetters.page(query),
    queues.deadLetters.count(query.filter),
  ]);
  return { deadLetters, next, total: count, exact };
}

/** @throws {OperationError} `letter_not_found` */
export async function getDeadLetter(
  { queues }: Pick<Stores, 'queues'>,
  id: string,
): Promise<StoredDeadLetter> {
  const stored = await queues.deadLetters.get(id);
  if (!stored) throw new OperationError('letter_not_found', `there is no dead letter ${id}`, 'failed');
  return stored;
}

/** What a replay or a discard applies to. */
export interface Selection {
  readonly filter: DeadLetterFilter;
  /** How many dead letters meet the filter, exactly. */
  readonly count: number;
  /** The first of them, the oldest failure first. */
  readonly first: readonly StoredDeadLetter[];
}

/**
 * Selects the dead letters that meet a filter, before they are replayed or discarded.
 *
 * @param limit how many of them to return
 * @throws {OperationError} `letter_not_found` when an id of the filter names no dead letter
 */
export async function selectDeadLetters(
  stores: Pick<Stores, 'queues'>,
  filter: DeadLetterFilter,
  limit: number,
): Promise<Selection> {
  for (const id of filter.ids ?? []) await getDeadLetter(stores, id);
  const { deadLetters } = stores.queues;
  const [{ deadLetters: first }, { count }] = await Promise.all([
    deadLetters.page({ filter, limit }),
    deadLetters.count(filter, { exact: true }),
  ]);
  return { filter, count, first };
}
