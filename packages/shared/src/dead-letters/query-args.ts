import { filterKeys, type DeadLetterFilter } from './dead-letter-filter';

/** How many letters one script looks at: a few milliseconds in which Redis does nothing else. */
export const LOOKED_AT_ONCE = 5_000;

/** The arguments that `question()` of the scripts reads. */
export function queryArgs(
  filter: DeadLetterFilter,
  { cursor = '', cutoff }: { readonly cursor?: string; readonly cutoff?: number | undefined } = {},
): (string | number)[] {
  const { from, to, minAttempts = 0, ids = [] } = filter;
  return [
    from ?? '-inf',
    to ?? '+inf',
    minAttempts,
    cutoff ?? '',
    cursor,
    LOOKED_AT_ONCE,
    ids.length,
    ...ids,
    ...filterKeys(filter),
  ];
}
