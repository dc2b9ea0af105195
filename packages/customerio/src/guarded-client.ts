import { JobError, toJobError } from '@optout-sync/shared/domain';
import type { ApiCircuit, Permit } from './circuit';
import { ResponseError } from './classify-response';
import type { ApiRequest, CustomerIoClient } from './customerio-client';
import { OperationCircuit } from './operation-circuit';
import { isOptionalOperation } from './optional-operations';
import type { RateLimiter, SlotClass } from './rate-limiter';

/** Pause after a 429 without `Retry-After`. */
const DEFAULT_PAUSE_MS = 1_000;

/** The permits of one request: of its API and of its operation. */
interface Permits {
  readonly api: Permit;
  readonly operation: Permit | undefined;
}

/** Permits to send one request, acquired in advance. */
export interface Reservation {
  used: boolean;
  readonly operation: string;
  readonly permits: Permits;
  /** Whether the request finds out if the API or the operation works again. */
  readonly isProbe: boolean;
}

/** How a request is sent: in advance on a reservation, in its class of the rate limit (default: live). */
export interface SendOptions {
  readonly reservation?: Reservation | undefined;
  readonly slot?: SlotClass | undefined;
  /** Whether the caller divides the request when it is rejected, and decides on the rejection. */
  readonly divisible?: boolean;
  /** Whether the request decides on the rejection of another one, so that the gate of its operation lets it pass. */
  readonly decides?: boolean;
}

/** How a rejected request is decided on. Without it, every rejection is the request's own. */
export interface RejectionPolicy {
  /** The circuit of an operation. */
  readonly circuitOf: (operation: string) => ApiCircuit;
  /** A request that the API answers to everybody with our keys. */
  readonly harmless: ApiRequest;
}

/**
 * A client whose requests pass the rate limiter, the circuit of the API and the gate of their operation. After a 429 no
 * worker sends for as long as it asks. A request of an optional operation waits while the API is down, and changes the state of
 * its own operation alone.
 */
export class GuardedClient {
  private readonly gates = new Map<string, OperationCircuit>();

  constructor(
    private readonly http: CustomerIoClient,
    private readonly limiter: Pick<RateLimiter, 'pause'>,
    private readonly circuit: ApiCircuit,
    private readonly rejections?: RejectionPolicy,
  ) {}

  /**
   * Resolves when one request may be sent.
   *
   * @param isSingle whether it will be the request of a single job
   * @throws {JobError} `worker_stopping` on shutdown
   */
  async reserve(
    operation: string,
    options: { readonly slot?: SlotClass | undefined; readonly isSingle?: () => boolean } = {},
  ): Promise<Reservation> {
    const permits = await this.acquire(operation, options);
    const isProbe = permits.api.probe || (permits.operation?.probe ?? false);
    return { used: false, operation, permits, isProbe };
  }

  /**
   * Sends a request as soon as it may be sent: at once on its reservation if that is unused and still valid. A rejection of
   * a request that is not divisible is decided on: it is `rejected` when the request itself is at fault, and `misconfigured`
   * when its operation is paused.
   *
   * @throws {JobError}
   */
  async send<Data>(request: ApiRequest<Data>, options: SendOptions = {}): Promise<Data> {
    const { operation } = request;
    const { slot, divisible = false, decides = false } = options;
    const permits =
      this.redeem(operation, options.reservation) ??
      (decides
        ? { api: await this.acquireApi(operation, { slot }), operation: undefined }
        : await this.acquire(operation, { slot, isSingle: () => !divisible }));
    const attempt = (): Promise<Data> => this.transmit(request, permits.api);
    const gate = this.gateOf(operation);
    if (!gate || !permits.operation) return attempt();
    return gate.run(permits.operation, () =>
      divisible
        ? attempt()
        : attempt().catch(async (error: unknown) => {
            throw await this.judge(toJobError(error), permits.operation?.probe);
          }),
    );
  }

  /**
   * Decides on a rejection by `test`, while all other requests of the operation wait. A rejection in another form than
   * Customer.io's needs no test.
   *
   * @param test whether another request of the operation is answered; throws when it is neither answered nor rejected
   * @returns the failure that the whole operation has, or undefined when the request itself is at fault
   */
  async decide(
    failure: JobError,
    test: () => Promise<boolean>,
    isProbe = false,
  ): Promise<JobError | undefined> {
    if (!(failure instanceof ResponseError) || failure.kind !== 'rejected') return undefined;
    return this.gateOf(failure.operation)?.decide(failure, test, isProbe);
  }

  /** Whether a request is answered. @throws {JobError} when it is neither answered nor rejected */
  async isAnswered(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      const failure = toJobError(error);
      if (failure.kind === 'rejected') return false;
      if (
        failure instanceof ResponseError &&
        failure.kind === 'misconfigured' &&
        failure.scope === 'operation'
      ) {
        return false;
      }
      throw failure;
    }
  }

  /** Sends the harmless request. @throws {JobError} */
  async sendHarmless(): Promise<void> {
    if (!this.rejections) return;
    await this.transmit(this.rejections.harmless, await this.circuit.acquire());
  }

  /** The failure of a rejected request that cannot be divided: a harmless request decides. */
  private async judge(failure: JobError, isProbe: boolean | undefined): Promise<JobError> {
    const test = (): Promise<boolean> => this.isAnswered(() => this.sendHarmless());
    return (await this.decide(failure, test, isProbe)) ?? failure;
  }

  close(): void {
    this.circuit.close();
    for (const gate of this.gates.values()) gate.close();
  }

  private async acquire(
    operation: string,
    options: { readonly slot?: SlotClass | undefined; readonly isSingle?: () => boolean },
  ): Promise<Permits> {
    const gate = this.gateOf(operation);
    for (;;) {
      const operationPermit = await gate?.acquire();
      const api = await this.acquireApi(operation, options);
      if (!gate || !operationPermit || gate.isValid(operationPermit))
        return { api, operation: operationPermit };
    }
  }

  private acquireApi(
    operation: string,
    { slot: slotClass, isSingle }: Parameters<GuardedClient['acquire']>[1],
  ): Promise<Permit> {
    const isOptional = this.isOptional(operation);
    return this.circuit.acquire({ slotClass, isOptional, ...(isSingle && { isSingle }) });
  }

  /** Without circuits of operations, the API has no other request. */
  private isOptional(operation: string): boolean {
    return this.rejections !== undefined && isOptionalOperation(operation);
  }

  private redeem(operation: string, reservation: Reservation | undefined): Permits | undefined {
    if (!reservation || reservation.used || reservation.operation !== operation) return undefined;
    reservation.used = true;
    const { permits } = reservation;
    const gate = this.gateOf(operation);
    const passesGate = !gate || (permits.operation !== undefined && gate.isValid(permits.operation));
    return passesGate && this.circuit.isValid(permits.api) ? permits : undefined;
  }

  /** Sends a request at the time of its slot and updates the state of the API, unless it is optional. */
  private async transmit<Data>(request: ApiRequest<Data>, permit: Permit): Promise<Data> {
    const send = (): Promise<Data> => this.http.send(request, () => renew(permit));
    try {
      return await (this.isOptional(request.operation) ? send() : this.circuit.run(permit, send));
    } catch (error) {
      if (error instanceof JobError && error.kind === 'rate_limited') {
        await this.limiter.pause(error.retryAfterMs ?? DEFAULT_PAUSE_MS);
      }
      throw this.toOperationFailure(error);
    }
  }

  /** A rejection that is not in Customer.io's form is about the operation: something in between gives it. */
  private toOperationFailure(error: unknown): unknown {
    const isForeign = error instanceof ResponseError && error.kind === 'rejected' && !error.isOwn;
    return isForeign && this.rejections ? operationRefused(error) : error;
  }

  private gateOf(operation: string): OperationCircuit | undefined {
    if (!this.rejections) return undefined;
    let gate = this.gates.get(operation);
    if (!gate) {
      gate = new OperationCircuit(this.rejections.circuitOf(operation), operationRefused);
      this.gates.set(operation, gate);
    }
    return gate;
  }
}

async function renew({ slot }: Permit): Promise<void> {
  await slot?.renew();
}

/** The failure of all requests of an operation, which waits for an operator or for Customer.io. */
function operationRefused({ status = 0, operation, isOwn }: ResponseError): ResponseError {
  const message = isOwn
    ? `every ${operation} request is rejected with ${String(status)}`
    : `${operation} requests are rejected with ${String(status)}, in a form that is not Customer.io's`;
  return new ResponseError('misconfigured', 'customerio_operation_refused', message, {
    status,
    operation,
    isOwn,
    scope: 'operation',
  });
}
