import { abortableWait } from './lib/abortable-wait';
import type { RateLimiter } from './rate-limiter';
import { Slot } from './slot';

/** The rate limit of one process alone: for a command that has no Redis. Requests are spaced evenly. */
export class LocalRateLimiter implements Pick<RateLimiter, 'acquire' | 'pause'> {
  private nextAt = 0;
  private readonly intervalMs: number;

  constructor(
    requestsPerSecond: number,
    /** Ends all waiting. */
    private readonly stopping?: AbortSignal,
  ) {
    this.intervalMs = 1_000 / requestsPerSecond;
  }

  /** Resolves when one request may be sent. @throws {JobError} `worker_stopping` once `stopping` is aborted */
  async acquire(): Promise<Slot> {
    const now = performance.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + this.intervalMs;
    await abortableWait(at - now, this.stopping);
    return new Slot(Infinity, () => this.acquire());
  }

  /** Lets no request be sent for `ms`. */
  pause(ms: number): Promise<void> {
    this.nextAt = Math.max(this.nextAt, performance.now() + ms);
    return Promise.resolve();
  }
}
