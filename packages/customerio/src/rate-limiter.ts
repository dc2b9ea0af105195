import { Mutex } from 'async-mutex';
import type { Cluster, Redis } from 'ioredis';
import { abortableWait } from './lib/abortable-wait';
import { ACQUIRE_SLOT, PAUSE } from './rate-limiter-script';
import { Slot, SlotClock } from './slot';

/**
 * The class of a request. `live` requests come first, then `prompt`, then `background` ones: each lane gets the slots that
 * those before it leave unused, but at least 5 % of the rate. With a `share` (0 to 1), such requests together get at most that
 * part of the rate.
 */
export interface SlotClass {
  readonly lane: 'live' | 'prompt' | 'background';
  readonly share?: number;
}

export interface RateLimitEvents {
  /** @param seconds how long the request waited for its turn */
  slotGranted(lane: SlotClass['lane'], seconds: number): void;
  /** No request is sent for this long, because the API asked for it. */
  heldBack(seconds: number): void;
}

/** After that a request asks again. So it does not wait for what Redis' clock said before it was set back. */
const MAX_WAIT_MS = 2_000;

const LIVE: SlotClass = { lane: 'live' };

/** The rate limit of one API of one workspace, shared by all workers through Redis. */
export class RateLimiter {
  /** First come, first served within this process and a class. */
  private readonly queues = new Map<string, Mutex>();
  private readonly keys: readonly [string, string];
  private readonly intervalMs: number;
  private readonly clock: SlotClock;

  constructor(
    private readonly redis: Redis | Cluster,
    key: string,
    requestsPerSecond: number,
    /** Aborts all waiting on shutdown. */
    private readonly stopping?: AbortSignal,
    private readonly telemetry?: RateLimitEvents,
  ) {
    // Both keys are in one cluster slot.
    this.keys = [key, key.includes('{') ? `${key}:lanes` : `{${key}}:lanes`];
    this.intervalMs = 1_000 / requestsPerSecond;
    this.clock = new SlotClock(this.intervalMs);
  }

  /**
   * Resolves when one request may be sent. It has to be sent at once: see `Slot.isFresh`.
   *
   * @throws {JobError} `worker_stopping` on shutdown
   */
  acquire(slotClass: SlotClass = LIVE): Promise<Slot> {
    const name = JSON.stringify(slotClass);
    const queue = this.queues.get(name) ?? new Mutex();
    this.queues.set(name, queue);
    const askedAt = performance.now();
    return queue.runExclusive(async () => {
      const slot = await this.nextSlot(slotClass);
      this.telemetry?.slotGranted(slotClass.lane, (performance.now() - askedAt) / 1_000);
      return slot;
    });
  }

  /** Lets no worker send a request for `ms`. A shorter pause never ends a longer one early. */
  async pause(ms: number): Promise<void> {
    this.telemetry?.heldBack(ms / 1_000);
    await this.redis.eval(PAUSE, 2, ...this.keys, ms);
  }

  private async nextSlot(slotClass: SlotClass): Promise<Slot> {
    const { lane, share } = slotClass;
    const apartMs = share === undefined ? 0 : this.intervalMs / share;
    for (;;) {
      if (this.stopping?.aborted) await abortableWait(0, this.stopping);
      const askedAt = performance.now();
      const reply = await this.redis.eval(ACQUIRE_SLOT, 2, ...this.keys, this.intervalMs, lane, apartMs);
      const [granted, waitMs] = reply as [number, number];
      const expiresAt = this.clock.expiry(askedAt, performance.now(), waitMs);
      if (granted === 0) {
        await abortableWait(Math.min(Math.max(1, waitMs), MAX_WAIT_MS), this.stopping);
        continue;
      }
      if (waitMs > 0) await abortableWait(waitMs, this.stopping);
      // Does not queue again: the request has waited for its turn already.
      const slot = new Slot(expiresAt, () => this.nextSlot(slotClass));
      if (slot.isFresh()) return slot;
    }
  }
}
