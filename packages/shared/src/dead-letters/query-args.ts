import { filterKeys, type DeadLetterFilter } from './dead-letter-filter';

/** Dead letters that one script call examines at most: a few milliseconds in which Redis does nothing else. */
export const EXAMINED_PER_CALL = 5_000;

/**
 * The `<query>` arguments of scripts/query.lua.
 *
 * @param options.cutoff highest revision that matches
 */
export function queryArgs(
  filter: DeadLetterFilter,
  { cursor = '', cutoff }: { readonly cursor?: string; readonly cutoff?: number | undefined } = {},
): (string | number)[] {
  const { from, to, ids = [] } = filter;
  return [
    from ?? '-inf',
    to ?? '+inf',
    cutoff ?? '',
    cursor,
    EXAMINED_PER_CALL,
    ids.length,
    ...ids,
    ...filterKeys(filter),
  ];
}
