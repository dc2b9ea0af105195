import {
  CircuitState as BreakerState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { Cluster, Redis } from 'ioredis';
import { JobError, toJobError } from '@optout-sync/shared/domain';
import { nextState, type CircuitStateName } from './circuit-state';
import { abortableWait } from './lib/abortable-wait';
import { SerialQueue } from './lib/serial-queue';
import { ProbeSchedule } from './probe-schedule';
import type { RateLimiter } from './rate-limiter';

export interface CircuitEvents {
  /** The breaker that counts transient failures changed its state; half-open while a probe is under way. */
  breakerChanged(state: BreakerState): void;
  /** `failure` caused the change; undefined for `closed`. */
  changed(state: CircuitStateName, failure?: JobError): void;
  /** Called every `idleMs` while the circuit is not closed and no request waits to be the probe. */
  idle(): void;
}

/** In ms. */
const CIRCUIT_TIMES = {
  /** From the end of one probe to the start of the next while the circuit is open, over all workers. */
  probeMs: 1_000,
  /** The same while the circuit is blocked. */
  blockedProbeMs: 30_000,
  idleMs: 10_000,
};
export type CircuitTimes = typeof CIRCUIT_TIMES;

const FAILURES_TO_OPEN = 5;
/** Longest time between two checks, in ms, whether the circuit has closed or a probe is due. */
const POLL_MS = 250;

/** Permission to send one request. A probe finds out whether the API works again. */
export interface Permit {
  readonly probe: boolean;
}
const REGULAR: Permit = { probe: false };

/** The timer of `idle` exists only while the circuit is not closed. */
type State =
  { readonly name: 'closed' } | { readonly name: 'open' | 'blocked'; readonly idleTimer: NodeJS.Timeout };

/**
 * The circuit breaker of one API of one workspace; see `CircuitStateName` for its states. It also takes each request's
 * token from the rate limiter.
 *
 * A request that does not pass waits here for as long as it takes. So an outage costs a job neither attempts nor backoff,
 * and leaves the rest of the queue untouched. Each worker detects an outage by itself; probes are spaced over all workers.
 */
export class ApiCircuit {
  private readonly breaker: CircuitBreakerPolicy;
  private readonly schedule: ProbeSchedule;
  private readonly waiting = new SerialQueue();
  private readonly times: CircuitTimes;
  private current: State = { name: 'closed' };

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
    this.breaker = circuitBreaker(
      handleWhen((error) => error instanceof JobError && error.kind === 'transient'),
      // Only probes reach an open breaker, and the schedule times them: a clock that is set back must not delay them.
      { halfOpenAfter: -Infinity, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    );
    this.breaker.onStateChange((state) => {
      deps.events.breakerChanged(state);
    });
  }

  get state(): CircuitStateName {
    return this.current.name;
  }

  /** Resolves when one request may be sent. @throws {JobError} `worker_stopping` on shutdown */
  async acquire(): Promise<Permit> {
    await this.deps.limiter.acquire();
    return (await this.tryAcquire()) ?? this.waiting.run(() => this.waitForPermit());
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
      await this.update(permit);
      return response;
    } catch (error) {
      const failure = toJobError(error);
      await this.update(permit, failure);
      throw permit.probe && failure.kind === 'transient' ? failure.as('outage') : failure;
    }
  }

  close(): void {
    if (this.current.name !== 'closed') clearInterval(this.current.idleTimer);
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

  private async update({ probe }: Permit, failure?: JobError): Promise<void> {
    const breakerClosed = this.breaker.state === BreakerState.Closed;
    const name = nextState(this.state, { probe, failure: failure?.kind, breakerClosed });
    const changed = name !== this.state;
    if (changed) {
      this.enter(name);
      this.deps.events.changed(name, failure);
    }
    if (!probe && !changed) return;
    // When Redis fails, the claim expires by itself.
    await this.scheduleNextProbe().catch(() => undefined);
  }

  private enter(name: CircuitStateName): void {
    this.close();
    this.current = name === 'closed' ? { name } : { name, idleTimer: this.startIdleTimer() };
  }

  private startIdleTimer(): NodeJS.Timeout {
    return setInterval(() => {
      if (this.waiting.length === 0) this.deps.events.idle();
    }, this.times.idleMs).unref();
  }

  private async scheduleNextProbe(): Promise<void> {
    const { probeMs, blockedProbeMs } = this.times;
    if (this.state === 'closed') await this.schedule.clear();
    else await this.schedule.scheduleNext(this.state === 'blocked' ? blockedProbeMs : probeMs);
  }
}
