import DataLoader from 'dataloader';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { inSpan, linkOf, withLinks } from '@optout-sync/shared/tracing';
import { ResponseError } from './classify-response';
import type { GuardedClient, Reservation, SendOptions } from './guarded-client';
import type { SlotClass } from './rate-limiter';

/** Permission to send a request, acquired in advance. */
interface Reserved {
  /** Whether the request finds out if the API works again. */
  readonly isProbe: boolean;
}

/** What acquires such permissions. */
interface Reserving<R extends Reserved> {
  reserve(
    operation: string,
    options: { readonly slot?: SlotClass | undefined; readonly isSingle?: () => boolean },
  ): Promise<R>;
}

const NOT_SENT = Symbol('not sent');

/**
 * Joins single calls into batches. A batch stays open until its first request may be sent: an idle system sends a single
 * call at once, a busy one sends all calls that arrived meanwhile. When that request is a probe, the batch is reduced to
 * one item, so that a failed probe costs only one job an attempt; the other items are batched again.
 *
 * In a trace each call is a span of its job, and the request that it shares is linked to all of them.
 *
 * `run` gets the items and the reservation for their first request, and returns the results in the order of the items.
 */
export function coalesce<Item, Result, R extends Reserved = Reservation>(options: {
  readonly client: Reserving<R>;
  /** The operation of the first request. */
  readonly operation: string;
  readonly slot?: SlotClass | undefined;
  readonly maxBatch: number;
  readonly run: (items: readonly Item[], reservation: R | undefined) => Promise<(Result | JobError)[]>;
}): (item: Item) => Promise<Result> {
  const { client, operation, slot } = options;
  const reservations: R[] = [];
  let pending = 0;
  const runLinked = (calls: readonly Call<Item>[], reservation: R | undefined) =>
    withLinks(
      calls.map(({ link }) => link),
      () =>
        options.run(
          calls.map(({ item }) => item),
          reservation,
        ),
    );
  const loader = new DataLoader<Call<Item>, Result | typeof NOT_SENT>(
    async (calls) => {
      const reservation = reservations.shift();
      if (!reservation?.isProbe) return runLinked(calls, reservation);
      const results = await runLinked(calls.slice(0, 1), reservation);
      return [...results, ...calls.slice(1).map((): typeof NOT_SENT => NOT_SENT)];
    },
    {
      cache: false,
      maxBatchSize: options.maxBatch,
      batchScheduleFn: (dispatch) => {
        // If the reservation fails (Redis is unreachable), the batch is sent all the same and fails when it acquires one itself.
        client
          .reserve(operation, { slot, isSingle: () => pending === 1 })
          .then((reservation) => reservations.push(reservation))
          .then(dispatch, dispatch);
      },
    },
  );
  const load = async (item: Item): Promise<Result> => {
    for (;;) {
      const result = await loader.load({ item, link: linkOf() });
      if (result !== NOT_SENT) return result;
    }
  };
  return async (item) => {
    pending += 1;
    try {
      return await inSpan(`wait for ${operation}`, {}, () => load(item));
    } finally {
      pending -= 1;
    }
  };
}

/** An item, and the span that waits for it. */
interface Call<Item> {
  readonly item: Item;
  readonly link: ReturnType<typeof linkOf>;
}

type Results<Result> = (Result | JobError)[];
/** Sends items together; rejects when they fail together. */
type Run<Item, Result> = (items: readonly Item[], options: SendOptions) => Promise<Results<Result>>;

/**
 * Runs `run` on all items. When they are rejected together, runs it on each half, down to a single item, so that an
 * invalid item fails alone. Any other failure applies to all items of that run.
 *
 * A rejection may be about everything that is requested, such as that of a gateway. So the first half decides before the
 * items are divided further: when it is rejected too, and so is a harmless request, all items fail with that. At most three
 * requests are sent until then, for any number of items.
 */
export async function bisectOnRejection<Item, Result>(
  client: GuardedClient,
  items: readonly Item[],
  run: Run<Item, Result>,
  options: SendOptions = {},
): Promise<Results<Result>> {
  const failAll = (some: readonly Item[], failure: JobError): Results<Result> => some.map(() => failure);

  /** @param isDecided whether the operation is known to answer */
  async function send(some: readonly Item[], isDecided: boolean): Promise<Results<Result>> {
    try {
      return await run(some, { ...options, divisible: some.length > 1 });
    } catch (error) {
      const failure = toJobError(error);
      if (failure.kind !== 'rejected' || some.length === 1) return failAll(some, failure);
      return isDecided || !(failure instanceof ResponseError)
        ? sendHalves(some, isDecided)
        : decide(some, failure);
    }
  }

  async function sendHalves(some: readonly Item[], isDecided: boolean): Promise<Results<Result>> {
    const [first, second] = halvesOf(some);
    return [...(await send(first, isDecided)), ...(await send(second, isDecided))];
  }

  async function decide(some: readonly Item[], rejection: JobError): Promise<Results<Result>> {
    const [first, second] = halvesOf(some);
    const ofFirst: { results?: Results<Result>; isRejected?: boolean } = {};
    const verdict = await client.decide(rejection, async () => {
      const isAnswered = await client.isAnswered(async () => {
        ofFirst.results = await run(first, { ...options, divisible: true, decides: true });
      });
      ofFirst.isRejected = !isAnswered;
      return isAnswered || client.isAnswered(() => client.sendHarmless());
    });
    if (verdict) return failAll(some, verdict);
    const divide = ofFirst.isRejected && first.length > 1 ? sendHalves : send;
    return [...(ofFirst.results ?? (await divide(first, true))), ...(await send(second, true))];
  }

  return send(items, false);
}

function halvesOf<Item>(items: readonly Item[]): [readonly Item[], readonly Item[]] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
