import { JobError } from '@optout-sync/shared/domain';
import type { ApiCircuit, Permit } from './circuit';
import type { ApiRequest, ApiResponse, CustomerIoClient } from './customerio-client';
import type { RateLimiter } from './rate-limiter';

/** Pause after a 429 without `Retry-After`. */
const DEFAULT_PAUSE_MS = 1_000;

/** A permit to send one request, acquired in advance. */
export interface Reservation {
  used: boolean;
  readonly permit: Permit;
}

/** A client whose requests pass the rate limiter and the circuit. After a 429 no worker sends for as long as it asks. */
export class GuardedClient {
  constructor(
    private readonly http: CustomerIoClient,
    private readonly limiter: Pick<RateLimiter, 'pause'>,
    private readonly circuit: ApiCircuit,
  ) {}

  /** Resolves when one request may be sent. @throws {JobError} `worker_stopping` on shutdown */
  async reserve(): Promise<Reservation> {
    return { used: false, permit: await this.circuit.acquire() };
  }

  /**
   * Sends a request as soon as it may be sent: at once on `reservation` if that is unused and still valid.
   *
   * @throws {JobError}
   */
  async send<Data>(request: ApiRequest<Data>, reservation?: Reservation): Promise<ApiResponse<Data>> {
    const permit = this.redeem(reservation) ?? (await this.circuit.acquire());
    try {
      return await this.circuit.run(permit, () => this.http.send(request));
    } catch (error) {
      if (error instanceof JobError && error.kind === 'limited') {
        await this.limiter.pause(error.retryAfterMs ?? DEFAULT_PAUSE_MS);
      }
      throw error;
    }
  }

  private redeem(reservation: Reservation | undefined): Permit | undefined {
    if (!reservation || reservation.used) return undefined;
    reservation.used = true;
    return this.circuit.isValid(reservation.permit) ? reservation.permit : undefined;
  }
}
