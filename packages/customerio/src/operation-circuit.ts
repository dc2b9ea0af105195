import { setTimeout as delay } from 'node:timers/promises';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import type { ApiCircuit, Permit } from './circuit';
import type { ResponseError } from './classify-response';

/** Longest time in ms for which a request that tries an operation holds back the next one. */
const TRIAL_MS = 250;

/**
 * Lets the requests of one operation of one API pass.
 *
 *   untried   Requests pass one by one, so that a rejection of everything meets one of them. The initial state, and the one
 *             after `blocked`. Left for `passing` when a request is answered. One that takes long does not hold back others.
 *   passing   Requests pass. Left for `deciding` when a request is rejected.
 *   deciding  The request that decides passes; all others wait, so that a rejection of everything costs no more requests
 *             for many jobs than for one. Left for `blocked` when that one is rejected as well, else for the state before.
 *   blocked   Every request of the operation is rejected: only probes pass. See the state `blocked` of the circuit.
 */
export class OperationCircuit {
  private isTried = false;
  private trial:
    { readonly until: number; readonly ended: Promise<void>; readonly end: () => void } | undefined;
  private verdict: Promise<JobError | undefined> | undefined;

  constructor(
    private readonly circuit: ApiCircuit,
    private readonly toFailure: (rejection: ResponseError) => ResponseError,
  ) {}

  /** Resolves when one request may be sent. @throws {JobError} `worker_stopping` on shutdown */
  async acquire(): Promise<Permit> {
    for (;;) {
      await this.verdict;
      const permit = await this.circuit.acquire();
      if (!permit.probe) await this.waitForTrial();
      if (this.isValid(permit)) return permit;
    }
  }

  /** Whether a permit acquired earlier may still be used. */
  isValid(permit: Permit): boolean {
    return permit.probe || (!this.verdict && this.circuit.isValid(permit));
  }

  /** Sends a request on `permit`. @throws as `send` does */
  async run<Data>(permit: Permit, send: () => Promise<Data>): Promise<Data> {
    try {
      const data = await this.circuit.run(permit, send);
      this.isTried = true;
      return data;
    } finally {
      this.trial?.end();
      this.trial = undefined;
    }
  }

  /**
   * Decides on a rejection; rejections meanwhile share the verdict.
   *
   * @param test whether another request of the operation is answered; throws when it is neither answered nor rejected
   * @returns the failure that the whole operation has, or undefined when the request itself is at fault
   */
  async decide(
    rejection: ResponseError,
    test: () => Promise<boolean>,
    isProbe: boolean,
  ): Promise<JobError | undefined> {
    // A request that was under way when the operation was blocked.
    if (!this.verdict && !isProbe && this.circuit.state !== 'closed') return this.toFailure(rejection);
    this.verdict ??= this.test(rejection, test).finally(() => {
      this.verdict = undefined;
    });
    return this.verdict;
  }

  close(): void {
    this.circuit.close();
  }

  /** Resolves at once in any state but `untried`; there, for one request at a time. */
  private async waitForTrial(): Promise<void> {
    while (!this.isTried && this.trial && performance.now() < this.trial.until) {
      await Promise.race([this.trial.ended, delay(TRIAL_MS, undefined, { ref: false })]);
    }
    if (this.isTried) return;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.trial = { until: performance.now() + TRIAL_MS, ended, end };
  }

  private async test(rejection: ResponseError, test: () => Promise<boolean>): Promise<JobError | undefined> {
    try {
      if (await test()) return undefined;
    } catch (error) {
      return toJobError(error);
    }
    const failure = this.toFailure(rejection);
    this.isTried = false;
    await this.circuit.block(failure);
    return failure;
  }
}
