import { Mutex } from 'async-mutex';
import type { Cluster, Redis } from 'ioredis';
import { toJobError, type JobError, type JobErrorKind } from '@optout-sync/shared/domain';
import { CircuitBreaker, type CircuitEvents } from './circuit-breaker';
import type { CircuitStateName } from './circuit-state';
import { ResponseError, type RejectionScope } from './classify-response';
import { abortableWait } from './lib/abortable-wait';
import { ProbeSchedule } from './probe-schedule';
import type { SlotClass } from './rate-limiter';
import type { Slot } from './slot';

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
  /** Undefined where no rate limit applies. */
  readonly slot?: Slot | undefined;
}

export interface AcquireOptions {
  readonly slotClass?: SlotClass | undefined;
  /** Whether the request is that of a single job. Default: false. */
  readonly isSingle?: () => boolean;
  /** Whether the request says nothing of the API, so that it is never the probe. Default: false. */
  readonly isOptional?: boolean;
}

/**
 * The circuit breaker of one API of one workspace, or of one operation of it; see `CircuitStateName` for its states. That
 * of an API also takes each request's slot from the rate limiter. That of an operation is never open: transient failures
 * say nothing about an operation alone. An optional operation, whose requests do not count for its API, has all states.
 *
 * A request that does not pass waits here for as long as it takes. So an outage costs a job neither attempts nor backoff,
 * and leaves the rest of the queue untouched. Each worker detects an outage by itself; probes are spaced over all workers.
 *
 * A probe is the request of a job. When a single job is the only one that waits, its own request may be what fails: then a
 * harmless request probes in its place, and a failure after that counts as the job's own. When there is no job that may probe, as
 * where another worker has done them, the harmless request probes, so that no outage shows that is over. Without a harmless request the
 * circuit closes then: the next job finds out.
 */
export class ApiCircuit {
  private readonly breaker: CircuitBreaker;
  private readonly schedule: ProbeSchedule;
  /** By lane, so that a live request does not wait behind a background one for the slot of the latter. */
  private readonly waiting = { live: new Mutex(), prompt: new Mutex(), background: new Mutex() };
  private readonly times: CircuitTimes;
  private waitingCount = 0;
  private idling = false;

  constructor(
    private readonly deps: {
      readonly redis: Redis | Cluster;
      /** Redis key of the probe schedule, shared by all workers. */
      readonly key: string;
      /** Missing for an operation: the circuit of its API has it. */
      readonly limiter?: { acquire(slotClass?: SlotClass): Promise<Slot | undefined> } | undefined;
      /** What misconfiguration blocks it. Default: that of the API. */
      readonly scope?: RejectionScope;
      /** Whether it is that of an optional operation: every failure of it is its own. Default: false. */
      readonly isOptional?: boolean;
      /** Sends a harmless request, without this circuit. */
      readonly sendHarmless?: ((slot: Slot | undefined) => Promise<unknown>) | undefined;
      readonly telemetry: CircuitEvents;
      /** Aborts all waiting on shutdown. */
      readonly stopping?: AbortSignal | undefined;
      readonly times?: Partial<CircuitTimes> | undefined;
    },
  ) {
    this.times = { ...CIRCUIT_TIMES, ...deps.times };
    this.schedule = new ProbeSchedule(deps.redis, deps.key);
    this.breaker = new CircuitBreaker({
      telemetry: deps.telemetry,
      idleMs: this.times.idleMs,
      onTick: () => void this.whenIdle(),
      countsTransient: this.scope === 'api' || deps.isOptional === true,
    });
  }

  get state(): CircuitStateName {
    return this.breaker.state;
  }

  /** Resolves when one request may be sent. @throws {JobError} `worker_stopping` on shutdown */
  async acquire(options: AcquireOptions = {}): Promise<Permit> {
    if (options.isOptional) return this.acquireOnceClosed(options);
    const permit = await this.tryAcquire(await this.acquireSlot(options));
    if (permit) return permit;
    this.waitingCount += 1;
    try {
      const lane = this.waiting[options.slotClass?.lane ?? 'live'];
      return await lane.runExclusive(() => this.waitForPermit(options));
    } finally {
      this.waitingCount -= 1;
    }
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

  /** Blocks the circuit for `failure`, of kind `misconfigured`. */
  async block(failure: JobError): Promise<void> {
    await this.record({ probe: false }, failure);
  }

  close(): void {
    this.breaker.stopIdleTimer();
  }

  private get scope(): RejectionScope {
    return this.deps.scope ?? 'api';
  }

  private acquireSlot({ slotClass }: AcquireOptions): Promise<Slot | undefined> {
    return this.deps.limiter?.acquire(slotClass) ?? Promise.resolve(undefined);
  }

  private async waitForPermit(options: AcquireOptions): Promise<Permit> {
    for (;;) {
      await this.waitUntilDue();
      const permit = await this.tryAcquire(await this.acquireSlot(options));
      const isAlone = this.waitingCount === 1 && options.isSingle?.();
      if (permit?.probe && isAlone && this.deps.sendHarmless) await this.probeHarmlessly(permit);
      else if (permit) return permit;
    }
  }

  /**
   * Waits for others to find out that the API works again. A harmless request in its place would not do: it is answered, too, while
   * what jobs request fails.
   */
  private async acquireOnceClosed(options: AcquireOptions): Promise<Permit> {
    for (;;) {
      while (this.state !== 'closed') await abortableWait(POLL_MS, this.deps.stopping);
      const permit = { probe: false, slot: await this.acquireSlot(options) };
      if (this.isValid(permit)) return permit;
    }
  }

  /** Lets a job probe, or probes without one, unless a request waits to be the probe. */
  private async whenIdle(): Promise<void> {
    if (this.idling || Object.values(this.waiting).some((lane) => lane.isLocked())) return;
    this.idling = true;
    try {
      if (await this.deps.telemetry.idle()) return;
      const permit = await this.tryAcquire(await this.acquireSlot({ slotClass: { lane: 'background' } }));
      if (permit?.probe) await this.probeHarmlessly(permit);
    } catch {
      // Redis fails, or the worker stops.
    } finally {
      this.idling = false;
    }
  }

  /** Sends a harmless request as the probe; its outcome changes the state. */
  private async probeHarmlessly(permit: Permit): Promise<void> {
    const { sendHarmless } = this.deps;
    await this.run(permit, async () => sendHarmless?.(permit.slot)).catch(() => undefined);
  }

  private async tryAcquire(slot: Slot | undefined): Promise<Permit | undefined> {
    if (this.state === 'closed') return { probe: false, slot };
    return (await this.schedule.claim()) ? { probe: true, slot } : undefined;
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
    const changed = this.breaker.record(probe, failure, this.kindOf(failure));
    if (!probe && !changed) return;
    // When Redis fails, the claim expires by itself.
    await this.scheduleNextProbe().catch(() => undefined);
  }

  /** What a failure means for this circuit: misconfiguration of another scope proves as little as a rate limit. */
  private kindOf(failure: JobError | undefined): JobErrorKind | undefined {
    const isForeign =
      !this.deps.isOptional && failure instanceof ResponseError && failure.scope !== this.scope;
    return failure?.kind === 'misconfigured' && isForeign ? 'rate_limited' : failure?.kind;
  }

  private async scheduleNextProbe(): Promise<void> {
    const { probeMs, blockedProbeMs } = this.times;
    if (this.state === 'closed') await this.schedule.clear();
    else await this.schedule.scheduleNext(this.state === 'blocked' ? blockedProbeMs : probeMs);
  }
}
