import { Mutex } from 'async-mutex';
import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { Cluster, Redis } from 'ioredis';
import { JobError, toJobError } from '@optout-sync/shared/domain';
import { wait } from './lib/abortable-wait';
import type { RateLimiter } from './rate-limiter';

export type GateState = 'passing' | 'down' | 'paused';

/** Hears of what happens at a gate. */
export interface CircuitEvents {
  breakerChanged(state: CircuitState): void;
  /** `failure` is what made it so; none for `passing`. */
  changed(state: GateState, failure?: JobError): void;
  /** Called now and then while nothing passes and nobody waits to be the probe. */
  idle(): void;
}

/** In ms. */
const GATE_TIMES = {
  /** From the end of one probe of an API that is down to the start of the next, over all workers. */
  probeMs: 1_000,
  /** The same of an API that refuses our keys. */
  pausedProbeMs: 30_000,
  idleMs: 10_000,
};
export type CircuitTimes = typeof GATE_TIMES;

const FAILURES_TO_GO_DOWN = 5;
/** Longer than any request takes; a worker that dies during its probe leaves the turn to another after this. */
const PROBE_HELD_MS = 15_000;
/** How often who waits looks whether it may go. */
const LOOK_MS = 250;

/** Leave to send one request. A probe finds out whether the API works again. */
export interface Pass {
  readonly probe: boolean;
}
const FREE: Pass = { probe: false };

/**
 * Stands before one API of one workspace and lets requests through within the budget:
 *
 *   passing  all go. Five transient failures in a row: `down`. Keys or region refused: `paused`.
 *   down     one goes each second as a probe. It is answered in any other than a transient way: `passing`.
 *   paused   one goes each 30 seconds as a probe. It is taken, or refused for what it asks: `passing`.
 *
 * Whoever does not go waits here for as long as it takes, so an outage costs neither tries nor backoff and leaves the rest of
 * the queue untouched. Each worker finds out by itself; probes are spaced for all of them together by a key in Redis, from
 * the end of one to the start of the next, so that no second holds two however long the way to Customer.io is.
 */
export class ApiCircuit {
  private readonly breaker: CircuitBreakerPolicy;
  /** Waiting requests look for a permit one at a time, first come, first served. */
  private readonly waiting = new Mutex();
  /** What the API said of our keys or region, until a probe finds it mended. */
  private refusal: JobError | undefined;
  private told: GateState = 'passing';
  private idling: NodeJS.Timeout | undefined;
  private readonly times: CircuitTimes;

  constructor(
    private readonly deps: {
      readonly redis: Redis | Cluster;
      /** Of the turn to probe, shared by all workers. */
      readonly key: string;
      readonly budget: Pick<RateLimiter, 'acquire'>;
      readonly events: CircuitEvents;
      /** Ends all waiting when the worker stops. */
      readonly stopping?: AbortSignal | undefined;
      readonly times?: Partial<CircuitTimes> | undefined;
    },
  ) {
    this.times = { ...GATE_TIMES, ...deps.times };
    this.breaker = circuitBreaker(
      handleWhen((error) => error instanceof JobError && error.kind === 'transient'),
      // Only probes get to an open breaker, and the gate times them: a clock that is set back must not hold them up.
      { halfOpenAfter: -Infinity, breaker: new ConsecutiveBreaker(FAILURES_TO_GO_DOWN) },
    );
    this.breaker.onStateChange((state) => {
      deps.events.breakerChanged(state);
    });
  }

  get state(): GateState {
    if (this.refusal) return 'paused';
    return this.breaker.state === CircuitState.Closed ? 'passing' : 'down';
  }

  /** Resolves when one request may be sent. Throws a Failure when the worker stops first. */
  async admit(): Promise<Pass> {
    await this.deps.budget.acquire();
    return (await this.enter()) ?? this.waiting.runExclusive(() => this.waitForPass());
  }

  /** Whether a pass that was given a moment ago is still good. */
  honours(pass: Pass): boolean {
    return pass.probe || this.state === 'passing';
  }

  /** Sends on a pass and learns from how that went. Throws a Failure: of a probe an `outage`, where it is transient. */
  async run<Answer>(pass: Pass, send: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await this.breaker.execute(send);
      if (pass.probe) this.refusal = undefined;
      await this.settle(pass);
      return answer;
    } catch (error) {
      const failure = toJobError(error);
      if (failure.kind === 'misconfigured') this.refusal = failure;
      // To refuse what is asked it must have taken the keys; a limit or an outage says nothing about them.
      else if (failure.kind === 'refused' && pass.probe) this.refusal = undefined;
      await this.settle(pass, failure);
      throw pass.probe && failure.kind === 'transient' ? failure.as('outage') : failure;
    }
  }

  close(): void {
    clearInterval(this.idling);
  }

  private async waitForPass(): Promise<Pass> {
    for (;;) {
      await this.untilItLooksFree();
      await this.deps.budget.acquire();
      const pass = await this.enter();
      if (pass) return pass;
    }
  }

  private async enter(): Promise<Pass | undefined> {
    if (this.state === 'passing') return FREE;
    const taken = await this.deps.redis.set(this.deps.key, 1, 'PX', PROBE_HELD_MS, 'NX');
    return taken === null ? undefined : { probe: true };
  }

  private async untilItLooksFree(): Promise<void> {
    const { redis, key, stopping } = this.deps;
    for (;;) {
      await wait(0, stopping);
      if (this.state === 'passing') return;
      const dueInMs = await redis.pttl(key);
      if (dueInMs <= 0) return;
      await wait(Math.min(dueInMs, LOOK_MS), stopping);
    }
  }

  /** After a request: says what has changed and when the next probe is due. */
  private async settle(pass: Pass, failure?: JobError): Promise<void> {
    const { state } = this;
    const changed = state !== this.told;
    if (changed) {
      this.told = state;
      this.deps.events.changed(state, failure);
      clearInterval(this.idling);
      if (state !== 'passing') {
        this.idling = setInterval(() => {
          this.lookForIdleness();
        }, this.times.idleMs).unref();
      }
    }
    if (!pass.probe && !changed) return;
    await this.timeNextProbe(state).catch(() => undefined); // Then the turn ends by itself.
  }

  private async timeNextProbe(state: GateState): Promise<void> {
    const { redis, key } = this.deps;
    if (state === 'passing') await redis.del(key);
    else await redis.set(key, 1, 'PX', state === 'paused' ? this.times.pausedProbeMs : this.times.probeMs);
  }

  private lookForIdleness(): void {
    if (!this.waiting.isLocked()) this.deps.events.idle();
  }
}
