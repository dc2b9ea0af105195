/** In ms. How long a limit holds before a larger search is tried. */
const HOLDS_MS = 10 * 60_000;

/**
 * Remembers how many conditions Customer.io accepts in one search, which it does not document: so that a larger search is
 * not rejected again each time. The limit doubles after a while without a rejection, since it may have been raised.
 *
 *   unlimited  No search was rejected for its size. The initial state.
 *   limited    Searches have at most `max` conditions until a time, then twice as many.
 */
export class ConditionLimit {
  private limit: { readonly max: number; readonly until: number } | undefined;

  /** @param configured conditions of the largest search that is ever sent; `now` in ms */
  constructor(
    private readonly configured: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Most conditions of one search; at least 1. */
  get max(): number {
    while (this.limit && this.now() >= this.limit.until) {
      const max = this.limit.max * 2;
      this.limit = max < this.configured ? { max, until: this.limit.until + HOLDS_MS } : undefined;
    }
    return this.limit?.max ?? this.configured;
  }

  /** Records that a search of more conditions was rejected for its size, and one of `accepted` was not. */
  learn(accepted: number): void {
    this.limit = { max: Math.max(1, accepted), until: this.now() + HOLDS_MS };
  }
}

/** Divides items into parts whose sizes add up to at most `max`; an item that is larger is alone. */
export function divideBySize<Item>(
  items: readonly Item[],
  max: number,
  sizeOf: (item: Item) => number,
): Item[][] {
  const parts: Item[][] = [];
  let size = Infinity;
  for (const item of items) {
    if (size + sizeOf(item) > max) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(item);
    size += sizeOf(item);
  }
  return parts;
}
