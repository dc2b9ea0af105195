import DataLoader from 'dataloader';
import { asFailure, type Failure } from '../domain/failure';
import type { BudgetedClient, Slot } from './budgeted-client';

/**
 * Joins single asks into batches. A batch stays open for as long as the budget makes it wait for its first request:
 * an idle system sends one ask at once, a busy one sends as many together as have come.
 * `run` gets the asks and the slot of their first request; its answers stand in the order of the asks.
 */
export function coalesce<Ask, Answer>(options: {
  readonly api: BudgetedClient;
  readonly maxBatch: number;
  readonly run: (asks: readonly Ask[], slot: Slot | undefined) => Promise<(Answer | Failure)[]>;
}): (ask: Ask) => Promise<Answer> {
  const slots: Slot[] = [];
  const loader = new DataLoader<Ask, Answer>((asks) => options.run(asks, slots.shift()), {
    cache: false,
    maxBatchSize: options.maxBatch,
    batchScheduleFn: (dispatch) => {
      // Without a slot (Redis is away) the batch goes all the same and fails by its own request for one.
      options.api
        .reserve()
        .then((slot) => slots.push(slot))
        .then(dispatch, dispatch);
    },
  });
  return (ask) => loader.load(ask);
}

/**
 * Runs `run` on all asks; when they are refused together, on each half, down to one, so that one bad ask fails alone.
 * Other failures are everybody's.
 */
export async function halvingOnRefusal<Ask, Answer>(
  asks: readonly Ask[],
  run: (asks: readonly Ask[]) => Promise<(Answer | Failure)[]>,
): Promise<(Answer | Failure)[]> {
  try {
    return await run(asks);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.kind !== 'refused' || asks.length === 1) return asks.map(() => failure);
    const middle = Math.ceil(asks.length / 2);
    const first = await halvingOnRefusal(asks.slice(0, middle), run);
    return [...first, ...(await halvingOnRefusal(asks.slice(middle), run))];
  }
}
