import type { DeadLetterFilter, ListedDeadLetter } from '@optout-sync/shared/dead-letters';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';

/** A larger dead letter is shown in a preview without its content, in bytes of JSON. */
const SHOWN_BYTES = 16_384;

/**
 * The dead letters that somebody was shown before a bulk action. Those that meet the filter up to a revision can only become
 * fewer, never others: with the same count it is the same set, and what was put later does not belong to it.
 */
export interface PreviewedSet {
  readonly filter: DeadLetterFilter;
  /** The latest revision at the time of the preview. */
  readonly revision: number;
  /** How many there were, exactly. */
  readonly count: number;
}

/**
 * Selects the dead letters that meet a filter now.
 *
 * @param limit how many of them to return
 */
export async function previewSet(
  { queues: { deadLetters } }: Pick<Stores, 'queues'>,
  filter: DeadLetterFilter,
  limit: number,
): Promise<PreviewedSet & { readonly first: readonly ListedDeadLetter[] }> {
  const { revision, count } = await deadLetters.select(filter);
  const { listed: first } = await deadLetters.list({
    filter,
    limit,
    maxBytes: SHOWN_BYTES,
    cutoff: revision,
  });
  return { filter, revision, count, first };
}

/** @throws {OperationError} `selection_changed` when the set is not the one that was previewed */
export async function requireUnchanged(
  { queues }: Pick<Stores, 'queues'>,
  { filter, revision, count: previewed }: PreviewedSet,
): Promise<void> {
  const { count } = await queues.deadLetters.count(filter, { exact: true, cutoff: revision });
  if (count === previewed && count > 0) return;
  throw new OperationError(
    'selection_changed',
    `${String(previewed)} dead letters were previewed, and ${String(count)} of them are left: ` +
      'some were replayed, discarded, or failed again. Preview them again',
    'failed',
  );
}
