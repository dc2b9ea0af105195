/** In ms. A cancelled run is detected within this time. */
const MAX_WAIT_MS = 1_000;

/**
 * Limits a replay to `rate` dead letters a second over any time; without a rate it does not limit. `now()` is in ms.
 */
export class Throttle {
  private readonly startedAt: number;
  private count = 0;

  constructor(
    private readonly rate: number | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.startedAt = now();
  }

  /** How many may be replayed now, at most `limit`; when none may, how long to wait (ms) before asking again. */
  due(limit: number): { readonly count: number; readonly waitMs: number } {
    if (this.rate === undefined) return { count: limit, waitMs: 0 };
    const elapsedSeconds = (this.now() - this.startedAt) / 1_000;
    // The first may be replayed at once.
    const count = Math.min(limit, Math.floor(elapsedSeconds * this.rate) + 1 - this.count);
    if (count > 0) return { count, waitMs: 0 };
    const waitMs = (this.count / this.rate - elapsedSeconds) * 1_000;
    return { count: 0, waitMs: Math.max(1, Math.min(MAX_WAIT_MS, waitMs)) };
  }

  /** Records how many were replayed. */
  record(count: number): void {
    this.count += count;
  }
}
