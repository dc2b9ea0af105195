export interface Rates {
  /** Requests that arrived, refused ones included. */
  total: number;
  /** The most that arrived in any sliding window of one second. */
  maxPerSecond: number;
  /** Requests answered 429 by the limit itself (not by a fault). */
  refused: number;
}

/** Counts arrivals and the fullest one-second window. */
export class RateMeter {
  #total = 0;
  #maxPerSecond = 0;
  #refused = 0;
  #window: number[] = [];
  #start = 0;

  arrived(now: number): void {
    this.#total += 1;
    this.#window.push(now);
    while ((this.#window[this.#start] ?? now) <= now - 1000) this.#start += 1;
    this.#maxPerSecond = Math.max(this.#maxPerSecond, this.#window.length - this.#start);
    if (this.#start > 10_000) this.#dropPast();
  }

  refused(): void {
    this.#refused += 1;
  }

  read(): Rates {
    return { total: this.#total, maxPerSecond: this.#maxPerSecond, refused: this.#refused };
  }

  #dropPast(): void {
    this.#window = this.#window.slice(this.#start);
    this.#start = 0;
  }
}
