import { Mutex } from 'async-mutex';
import type { Cluster, Redis } from 'ioredis';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { CircuitBreaker, type CircuitEvents } from './circuit-breaker';
import type { CircuitStateName } from './circuit-state';
import { abortableWait } from './lib/abortable-wait';

import { ProbeSchedule } from './probe-schedule';
import type { RateLimiter } from './rate-limiter';

/** In ms. */
const CIRCUIT_TIMES = {
  /** From the end of one probe to the start of the next while the circuit is open, over all workers. */
  probeMs: 1_000,
  /** The same while the circuit is blocked. */
  blockedProbeMs: 30_000,
  idleMs: 10_000,
};
export type CircuitTimes = typeof CIRCUIT_TIMES;

/** Longest time between two checks, in ms, whether the circuit has closed or a probe is due. */
const POLL_MS = 250;

/** Permission to send one request. A probe finds out whether the API works again. */
export interface Permit {
  readonly probe: boolean;
}
const REGULAR: Permit = { probe: false };

/**
 * The circuit breaker of one API of one workspace; see `CircuitStateName` for its states. It also takes each request's
 * token from the rate limiter.
 *
 * A request that does not pass waits here for as long as it takes. So an outage costs a job neither attempts nor backoff,
 * and leaves the rest of the queue untouched. Each worker detects an outage by itself; probes are spaced over all workers.
 */
export class ApiCircuit {
  private readonly breaker: CircuitBreaker;
  private readonly schedule: ProbeSchedule;
  private readonly waiting = new Mutex();
  private readonly times: CircuitTimes;

  constructor(
    private readonly deps: {
      readonly redis: Redis | Cluster;
      /** Redis key of the probe schedule, shared by all workers. */
      readonly key: string;
      readonly limiter: Pick<RateLimiter, 'acquire'>;
      readonly events: CircuitEvents;
      /** Aborts all waiting on shutdown. */
      readonly stopping?: AbortSignal | undefined;
      readonly times?: Partial<CircuitTimes> | undefined;
    },
  ) {
    this.times = { ...CIRCUIT_TIMES, ...deps.times };
    this.schedule = new ProbeSchedule(deps.redis, deps.key);
    this.breaker = new CircuitBreaker({
      events: deps.events,
      idleMs: this.times.idleMs,
      isIdle: () => !this.waiting.isLocked(),
    });
  }

  get state(): CircuitStateName {
    return this.breaker.state;
  }

  /** Resolves when one request may be sent. @throws {JobError} `worker_stopping` on shutdown */
  async acquire(): Promise<Permit> {
    await this.deps.limiter.acquire();
    return (await this.tryAcquire()) ?? this.waiting.runExclusive(() => this.waitForPermit());
  }

  /** Whether a permit acquired earlier may still be used: a regular one only while the circuit is closed. */
  isValid(permit: Permit): boolean {
    return permit.probe || this.state === 'closed';
  }

  /**
   * Sends a request on `permit` and updates the state by its outcome.
   *
   * @throws {JobError} as `send` does; of kind `outage` when a probe failed transiently, since no job is to blame for it
   */
  async run<Response>(permit: Permit, send: () => Promise<Response>): Promise<Response> {
    try {
      const response = await this.breaker.execute(send);
      await this.record(permit);
      return response;
    } catch (error) {
      const failure = toJobError(error);
      await this.record(permit, failure);
      throw permit.probe && failure.kind === 'transient' ? failure.as('outage') : failure;
    }
  }

  close(): void {
    this.breaker.stopIdleTimer();
  }

  private async waitForPermit(): Promise<Permit> {
    for (;;) {
      await this.waitUntilDue();
      await this.deps.limiter.acquire();
      const permit = await this.tryAcquire();
      if (permit) return permit;
    }
  }

  private async tryAcquire(): Promise<Permit | undefined> {
    if (this.state === 'closed') return REGULAR;
    return (await this.schedule.claim()) ? { probe: true } : undefined;
  }

  /** Resolves when the circuit is closed or a probe is due. */
  private async waitUntilDue(): Promise<void> {
    const { stopping } = this.deps;
    for (;;) {
      await abortableWait(0, stopping);
      if (this.state === 'closed') return;
      const dueInMs = await this.schedule.dueInMs();
      if (dueInMs <= 0) return;
      await abortableWait(Math.min(dueInMs, POLL_MS), stopping);
    }
  }

  private async record({ probe }: Permit, failure?: JobError): Promise<void> {
    const changed = this.breaker.record(probe, failure);
    if (!probe && !changed) return;
    // When Redis fails, the claim expires by itself.
    await this.scheduleNextProbe().catch(() => undefined);
  }

  private async scheduleNextProbe(): Promise<void> {
    const { probeMs, blockedProbeMs } = this.times;
    if (this.state === 'closed') await this.schedule.clear();
    else await this.schedule.scheduleNext(this.state === 'blocked' ? blockedProbeMs : probeMs);
  }
}
