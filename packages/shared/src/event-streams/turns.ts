import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a piece of work may keep the event loop, in ms. */
const SLICE_MS = 20;

/** Called between two steps of a piece of work: leaves the event loop once the work has kept it for 20 ms. */
export type Pause = () => Promise<void> | undefined;

/**
 * Does pieces of work that take long one after another, each in slices between which the event loop serves everything else.
 * Two at once would each take their slice in the same turn of the event loop.
 */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the work does, once those before it have ended. */
  take<Result>(work: (pause: Pause) => Promise<Result>): Promise<Result> {
    const result = this.last.then(async () => {
      // What those before it did in this turn counts for them.
      await nextTurn();
      return work(createPause());
    });
    this.last = result.catch(() => undefined);
    return result;
  }
}

function createPause(): Pause {
  let since = performance.now();
  return () => {
    if (performance.now() - since < SLICE_MS) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}
