/** Shortest time in ms for which a slot stays fresh: a busy process takes as long to handle a reply of Redis. */
const MIN_FRESH_MS = 50;
/** Replies of which the fastest counts as the usual time to Redis and back. */
const REPLIES = 32;

/** The permission to send one request now. */
export class Slot {
  constructor(
    private readonly expiresAt: number,
    private readonly next: () => Promise<Slot>,
  ) {}

  /**
   * Whether the request may still be sent on this slot. Slots are spaced evenly, but a process that is blocked uses them
   * late, and then several requests fall into the time of one. So a slot that is not used within one interval is lost.
   */
  isFresh(): boolean {
    return performance.now() <= this.expiresAt;
  }

  /** Resolves with this slot while it is fresh, else with a later one. @throws {JobError} `worker_stopping` */
  async renew(): Promise<Slot> {
    return this.isFresh() ? this : this.next();
  }
}

/**
 * Computes until when a slot is fresh. The time from a request to Redis to its reply contains the time for which this process
 * was blocked, so what exceeds the usual time counts as delay of the slot.
 */
export class SlotClock {
  private readonly roundTrips: number[] = [];

  constructor(private readonly intervalMs: number) {}

  /** @param waitMs how long after the reply the slot may be used; all times in ms */
  expiry(askedAt: number, repliedAt: number, waitMs: number): number {
    this.roundTrips.push(repliedAt - askedAt);
    if (this.roundTrips.length > REPLIES) this.roundTrips.shift();
    return askedAt + Math.min(...this.roundTrips) + waitMs + Math.max(this.intervalMs, MIN_FRESH_MS);
  }
}
