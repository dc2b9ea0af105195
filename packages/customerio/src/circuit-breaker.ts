import {
  CircuitState as BreakerState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { JobError, type JobErrorKind } from '@optout-sync/shared/domain';
import { nextState, type CircuitStateName } from './circuit-state';

export interface CircuitEvents {
  /** The breaker that counts transient failures changed its state; half-open while a probe is under way. */
  breakerChanged(state: BreakerState): void;
  /** `failure` caused the change; undefined for `closed`. */
  changed(state: CircuitStateName, failure?: JobError): void;
  /**
   * Called every `idleMs` while the circuit is not closed and no request waits to be the probe.
   *
   * @returns whether there is a job whose request will be the probe
   */
  idle(): Promise<boolean>;
}

const FAILURES_TO_OPEN = 5;

/** The timer of `idle` exists only while the circuit is not closed. */
type State =
  { readonly name: 'closed' } | { readonly name: 'open' | 'blocked'; readonly idleTimer: NodeJS.Timeout };

/** The state of a circuit in this process; see `CircuitStateName` for the states. */
export class CircuitBreaker {
  private readonly policy: CircuitBreakerPolicy;
  private current: State = { name: 'closed' };

  constructor(
    private readonly options: {
      readonly telemetry: CircuitEvents;
      readonly idleMs: number;
      /** Called every `idleMs` while the circuit is not closed. */
      readonly onTick: () => void;
      /** Whether transient failures open the circuit. */
      readonly countsTransient: boolean;
    },
  ) {
    this.policy = circuitBreaker(
      handleWhen(
        (error) => options.countsTransient && error instanceof JobError && error.kind === 'transient',
      ),
      // Only probes reach an open breaker, and the schedule times them: a clock that is set back must not delay them.
      { halfOpenAfter: -Infinity, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
    );
    this.policy.onStateChange((state) => {
      options.telemetry.breakerChanged(state);
    });
  }

  get state(): CircuitStateName {
    return this.current.name;
  }

  /** Sends a request and counts its transient failure. @throws as `send` does */
  execute<Response>(send: () => Promise<Response>): Promise<Response> {
    return this.policy.execute(send);
  }

  /**
   * Enters the state that follows an executed request.
   *
   * @param kind what `failure` means for this circuit
   * @returns whether the state changed
   */
  record(probe: boolean, failure?: JobError, kind: JobErrorKind | undefined = failure?.kind): boolean {
    const breakerClosed = this.policy.state === BreakerState.Closed;
    const name = nextState(this.state, { probe, failure: kind, breakerClosed });
    if (name === this.state) return false;
    this.stopIdleTimer();
    this.current = name === 'closed' ? { name } : { name, idleTimer: this.startIdleTimer() };
    this.options.telemetry.changed(name, failure);
    return true;
  }

  stopIdleTimer(): void {
    if (this.current.name !== 'closed') clearInterval(this.current.idleTimer);
  }

  private startIdleTimer(): NodeJS.Timeout {
    const { onTick, idleMs } = this.options;
    return setInterval(onTick, idleMs).unref();
  }
}
