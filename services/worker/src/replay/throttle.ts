/** A cancelled run is noticed within so long. */
const LOOK_MS = 1_000;

/** Spaces letters so that no more than `rate` a second go, by `now()` in ms; without a rate as fast as they come. */
export class Throttle {
  private readonly startedAt: number;
  private taken = 0;

  constructor(
    private readonly rate: number | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.startedAt = now();
  }

  /** How many letters may go now, `most` at most; none: how long to wait before asking again. */
  due(most: number): { readonly count: number; readonly waitMs: number } {
    if (this.rate === undefined) return { count: most, waitMs: 0 };
    const secondsGone = (this.now() - this.startedAt) / 1_000;
    // The first may go at once.
    const count = Math.min(most, Math.floor(secondsGone * this.rate) + 1 - this.taken);
    if (count > 0) return { count, waitMs: 0 };
    const waitMs = (this.taken / this.rate - secondsGone) * 1_000;
    return { count: 0, waitMs: Math.max(1, Math.min(LOOK_MS, waitMs)) };
  }

  took(count: number): void {
    this.taken += count;
  }
}
