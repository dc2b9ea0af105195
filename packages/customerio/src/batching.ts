import DataLoader from 'dataloader';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import type { GuardedClient, Reservation } from './guarded-client';

const NOT_SENT = Symbol('not sent');

/**
 * Joins single calls into batches. A batch stays open until its first request may be sent: an idle system sends a single
 * call at once, a busy one sends all calls that arrived meanwhile. When that request is a probe, the batch is reduced to
 * one item, so that a failed probe costs only one job an attempt; the other items are batched again.
 *
 * `run` gets the items and the reservation for their first request, and returns the results in the order of the items.
 */
export function coalesce<Item, Result>(options: {
  readonly client: GuardedClient;
  readonly maxBatch: number;
  readonly run: (
    items: readonly Item[],
    reservation: Reservation | undefined,
  ) => Promise<(Result | JobError)[]>;
}): (item: Item) => Promise<Result> {
  const reservations: Reservation[] = [];
  const loader = new DataLoader<Item, Result | typeof NOT_SENT>(
    async (items) => {
      const reservation = reservations.shift();
      if (!reservation?.permit.probe) return options.run(items, reservation);
      const results = await options.run(items.slice(0, 1), reservation);
      return [...results, ...items.slice(1).map((): typeof NOT_SENT => NOT_SENT)];
    },
    {
      cache: false,
      maxBatchSize: options.maxBatch,
      batchScheduleFn: (dispatch) => {
        // If the reservation fails (Redis is unreachable), the batch is sent all the same and fails when it acquires one itself.
        options.client
          .reserve()
          .then((reservation) => reservations.push(reservation))
          .then(dispatch, dispatch);
      },
    },
  );
  return async (item) => {
    for (;;) {
      const result = await loader.load(item);
      if (result !== NOT_SENT) return result;
    }
  };
}

/**
 * Runs `run` on all items. When they are rejected together, runs it on each half, down to a single item, so that an
 * invalid item fails alone. Any other failure applies to all items of that run.
 */
export async function bisectOnRejection<Item, Result>(
  items: readonly Item[],
  run: (items: readonly Item[]) => Promise<(Result | JobError)[]>,
): Promise<(Result | JobError)[]> {
  try {
    return await run(items);
  } catch (error) {
    const failure = toJobError(error);
    if (failure.kind !== 'refused' || items.length === 1) return items.map(() => failure);
    const middle = Math.ceil(items.length / 2);
    const first = await bisectOnRejection(items.slice(0, middle), run);
    return [...first, ...(await bisectOnRejection(items.slice(middle), run))];
  }
}
