import DataLoader from 'dataloader';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import type { GuardedClient, Slot } from './guarded-client';

const NOT_ASKED = Symbol('not asked');

/**
 * Joins single asks into batches. A batch stays open for as long as it waits for leave to send its first request: an idle
 * system sends one ask at once, a busy one as many together as have come. A probe carries one ask, so that it costs one
 * job a try; the others of its batch ask again.
 * `run` gets the asks and the slot of their first request; its answers stand in the order of the asks.
 */
export function coalesce<Ask, Answer>(options: {
  readonly api: GuardedClient;
  readonly maxBatch: number;
  readonly run: (asks: readonly Ask[], slot: Slot | undefined) => Promise<(Answer | JobError)[]>;
}): (ask: Ask) => Promise<Answer> {
  const slots: Slot[] = [];
  const loader = new DataLoader<Ask, Answer | typeof NOT_ASKED>(
    async (asks) => {
      const slot = slots.shift();
      if (!slot?.pass.probe) return options.run(asks, slot);
      const answers = await options.run(asks.slice(0, 1), slot);
      return [...answers, ...asks.slice(1).map((): typeof NOT_ASKED => NOT_ASKED)];
    },
    {
      cache: false,
      maxBatchSize: options.maxBatch,
      batchScheduleFn: (dispatch) => {
        // Without a slot (Redis is away) the batch goes all the same and fails by its own request for one.
        options.api
          .reserve()
          .then((slot) => slots.push(slot))
          .then(dispatch, dispatch);
      },
    },
  );
  return async (ask) => {
    for (;;) {
      const answer = await loader.load(ask);
      if (answer !== NOT_ASKED) return answer;
    }
  };
}

/**
 * Runs `run` on all asks; when they are refused together, on each half, down to one, so that one bad ask fails alone.
 * Other failures are everybody's.
 */
export async function bisectOnRejection<Ask, Answer>(
  asks: readonly Ask[],
  run: (asks: readonly Ask[]) => Promise<(Answer | JobError)[]>,
): Promise<(Answer | JobError)[]> {
  try {
    return await run(asks);
  } catch (error) {
    const failure = toJobError(error);
    if (failure.kind !== 'refused' || asks.length === 1) return asks.map(() => failure);
    const middle = Math.ceil(asks.length / 2);
    const first = await bisectOnRejection(asks.slice(0, middle), run);
    return [...first, ...(await bisectOnRejection(asks.slice(middle), run))];
  }
}
