import DataLoader from 'dataloader';

/** Calls that are joined at most: their command blocks Redis for as long. */
const MAX_CALLS = 100;

/**
 * Joins the calls of a group that are made in one turn of the event loop, as those of jobs that waited for the same request, so that
 * they cost Redis one command. A lone call is sent in the same turn. Groups do not wait for each other and fail alone: in a cluster the
 * master of one may be down.
 *
 * @param groupOf names the group of an item; the items of a group are in the same slot of a cluster
 * @param run gets the items of a group and resolves with a result, or an error, for each of them in their order
 */
export function joinCalls<Item, Result>(
  groupOf: (item: Item) => string,
  run: (items: readonly Item[], group: string) => Promise<readonly (Result | Error)[]>,
): (item: Item) => Promise<Result> {
  /** Those of this turn. */
  const loaders = new Map<string, DataLoader<Item, Result>>();
  const openLoader = (group: string): DataLoader<Item, Result> => {
    const runGroup = (items: readonly Item[]) => {
      loaders.delete(group);
      return run(items, group);
    };
    const loader = new DataLoader<Item, Result>(runGroup, { cache: false, maxBatchSize: MAX_CALLS });
    loaders.set(group, loader);
    return loader;
  };
  return (item) => {
    const group = groupOf(item);
    return (loaders.get(group) ?? openLoader(group)).load(item);
  };
}
