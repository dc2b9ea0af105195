/** Limits the requests in any window of one second. Rejected requests do not count. */
export class RateLimit {
  readonly #admittedAt: number[];
  #oldest = 0;

  /** @param perSecond 0 for no limit */
  constructor(private readonly perSecond: number) {
    this.#admittedAt = new Array<number>(perSecond).fill(-Infinity);
  }

  /** @returns 0 when the request is admitted, else the time in ms until one would be */
  tryAcquire(now: number): number {
    if (this.perSecond === 0) return 0;
    const waitMs = (this.#admittedAt[this.#oldest] ?? -Infinity) + 1000 - now;
    if (waitMs > 0) return waitMs;
    this.#admittedAt[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.perSecond;
    return 0;
  }
}
