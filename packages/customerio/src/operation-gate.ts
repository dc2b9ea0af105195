import { toJobError, type JobError } from '@optout-sync/shared/domain';
import type { ApiCircuit, Permit } from './circuit';
import type { ResponseError } from './classify-response';

/**
 * Lets the requests of one operation of one API pass.
 *
 *   passing   Requests pass. The initial state. Left for `deciding` when a request is rejected.
 *   deciding  The request that decides passes; all others wait, so that a rejection of everything costs no more requests
 *             for many jobs than for one. Left for `blocked` when that one is rejected as well, else for `passing`.
 *   blocked   Every request of the operation is rejected: only probes pass. See the state `blocked` of the circuit.
 */
export class OperationGate {
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
      if (this.isValid(permit)) return permit;
    }
  }

  /** Whether a permit acquired earlier may still be used. */
  isValid(permit: Permit): boolean {
    return permit.probe || (!this.verdict && this.circuit.isValid(permit));
  }

  run<Data>(permit: Permit, send: () => Promise<Data>): Promise<Data> {
    return this.circuit.run(permit, send);
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

  private async test(rejection: ResponseError, test: () => Promise<boolean>): Promise<JobError | undefined> {
    try {
      if (await test()) return undefined;
    } catch (error) {
      return toJobError(error);
    }
    const failure = this.toFailure(rejection);
    await this.circuit.block(failure);
    return failure;
  }
}
