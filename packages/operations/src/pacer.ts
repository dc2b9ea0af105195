import { setTimeout as delay } from 'node:timers/promises';

/** Spaces requests evenly within this process. */
export class Pacer {
  private nextAt = 0;

  constructor(
    private readonly requestsPerSecond: number,
    private readonly signal?: AbortSignal,
  ) {}

  /** Resolves when the next request may be sent. Rejects once the signal is aborted. */
  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + 1_000 / this.requestsPerSecond;
    await delay(at - now, undefined, { signal: this.signal });
  }
}
