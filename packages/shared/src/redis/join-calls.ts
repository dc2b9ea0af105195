import DataLoader from 'dataloader';

/** Calls that are joined at most: their command blocks Redis for as long. */
const MAX_CALLS = 100;

/**
 * Joins the calls that are made in one turn of the event loop, as those of jobs that waited for the same request, so that they cost
 * Redis one command. A lone call is sent in the same turn.
 *
 * @param run gets the items and resolves with a result, or an error, for each of them in their order
 */
export function joinCalls<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
): (item: Item) => Promise<Result> {
  const loader = new DataLoader<Item, Result>(run, { cache: false, maxBatchSize: MAX_CALLS });
  return (item) => loader.load(item);
}
