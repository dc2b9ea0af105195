import type { DeadLetterFilter, ListedDeadLetter } from '@optout-sync/shared/dead-letters';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';

/** A dead letter that is larger is listed without its content, in bytes of JSON. */
const LISTED_BYTES = 4_096;
/** A dead letter that is larger is not read at all: Redis would be busy with it. */
const READ_BYTES = 2_000_000;
/** How many dead letters one page examines, whatever its filter is. */
const MAX_EXAMINED = 10_000;

/** The form of a cursor: when the last one examined failed, in ms since 1970, and its id. */
const CURSOR = /^(\d{1,17})\.[\w-]{1,100}$/;

/** A page of dead letters, the oldest failure first. */
export interface BrowsedDeadLetters {
  readonly listed: readonly ListedDeadLetter[];
  /** The cursor of the next page; `undefined` on the last one. */
  readonly next: string | undefined;
  /** Up to which failure this page looked, in ms since 1970; `undefined` where it looked to the end. */
  readonly lookedUntil: number | undefined;
  readonly total: number;
  /** False when there may be more than `total`. */
  readonly exact: boolean;
}

/**
 * Lists the dead letters that meet a filter for somebody who looks around: large ones without their content, and at most 10,000
 * examined for a page, which may therefore hold fewer than `limit`, or none, and have a next one.
 *
 * @throws {OperationError} `cursor_invalid`
 */
export async function browseDeadLetters(
  { queues: { deadLetters } }: Pick<Stores, 'queues'>,
  query: { readonly filter: DeadLetterFilter; readonly limit: number; readonly cursor?: string | undefined },
): Promise<BrowsedDeadLetters> {
  const { filter, cursor } = query;
  if (cursor !== undefined && !CURSOR.test(cursor)) {
    throw new OperationError('cursor_invalid', 'this is no cursor that a page of dead letters ended with');
  }
  const [{ listed, next }, { count, exact }] = await Promise.all([
    deadLetters.list({ ...query, maxBytes: LISTED_BYTES, maxExamined: MAX_EXAMINED }),
    deadLetters.count(filter, { maxExamined: MAX_EXAMINED }),
  ]);
  const lookedUntil = next === undefined ? undefined : Number(CURSOR.exec(next)?.[1]);
  return { listed, next, lookedUntil, total: count, exact };
}

/**
 * Returns one dead letter by what its index entries say, with its content where that can be read.
 *
 * @throws {OperationError} `letter_not_found`
 */
export async function inspectDeadLetter(
  { queues }: Pick<Stores, 'queues'>,
  id: string,
): Promise<ListedDeadLetter> {
  const { listed } = await queues.deadLetters.list({ filter: { ids: [id] }, limit: 1, maxBytes: READ_BYTES });
  if (!listed[0]) {
    throw new OperationError(
      'letter_not_found',
      'there is no such dead letter; it may have been replayed or discarded',
      'failed',
    );
  }
  return listed[0];
}
