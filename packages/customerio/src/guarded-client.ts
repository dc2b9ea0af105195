import { JobError } from '@optout-sync/shared/domain';
import type { ApiCircuit, Pass } from './circuit';
import type { ApiAnswer, ApiRequest, CustomerIoClient } from './http-client';
import type { RateLimiter } from './rate-limiter';

const PAUSE_WITHOUT_ADVICE_MS = 1_000;

/** A leave to send one request, taken beforehand. */
export interface Slot {
  used: boolean;
  readonly pass: Pass;
}

/** An API that is only asked through its gate, and left alone by all workers for as long as a 429 says. */
export class GuardedClient {
  constructor(
    private readonly http: CustomerIoClient,
    private readonly budget: Pick<RateLimiter, 'pause'>,
    private readonly gate: ApiCircuit,
  ) {}

  /** Waits for leave to send one request. */
  async reserve(): Promise<Slot> {
    return { used: false, pass: await this.gate.admit() };
  }

  /** Sends once it may, on `slot` when that is still good. Throws a Failure. */
  async send<Data>(request: ApiRequest<Data>, slot?: Slot): Promise<ApiAnswer<Data>> {
    const pass = this.use(slot) ?? (await this.gate.admit());
    try {
      return await this.gate.run(pass, () => this.http.send(request));
    } catch (error) {
      if (error instanceof JobError && error.kind === 'limited') {
        await this.budget.pause(error.retryAfterMs ?? PAUSE_WITHOUT_ADVICE_MS);
      }
      throw error;
    }
  }

  private use(slot: Slot | undefined): Pass | undefined {
    if (!slot || slot.used) return undefined;
    slot.used = true;
    return this.gate.honours(slot.pass) ? slot.pass : undefined;
  }
}
