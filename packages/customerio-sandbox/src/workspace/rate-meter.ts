export interface Rates {
  /** Requests received, rejected ones included. */
  total: number;
  /** Most requests received in any window of one second. */
  maxPerSecond: number;
  /** Requests that the rate limit, not a fault, rejected with 429. */
  refused: number;
}

/** Counts requests and the fullest window of one second. */
export class RateMeter {
  #total = 0;
  #maxPerSecond = 0;
  #refused = 0;
  #window: number[] = [];
  #start = 0;

  countRequest(now: number): void {
    this.#total += 1;
    this.#window.push(now);
    while ((this.#window[this.#start] ?? now) <= now - 1000) this.#start += 1;
    this.#maxPerSecond = Math.max(this.#maxPerSecond, this.#window.length - this.#start);
    if (this.#start > 10_000) this.#trim();
  }

  countRejection(): void {
    this.#refused += 1;
  }

  read(): Rates {
    return { total: this.#total, maxPerSecond: this.#maxPerSecond, refused: this.#refused };
  }

  #trim(): void {
    this.#window = this.#window.slice(this.#start);
    this.#start = 0;
  }
}
