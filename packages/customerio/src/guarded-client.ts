import { Failure } from '@optout-sync/shared/domain';
import type { Gate, Pass } from './circuit';
import type { ApiAnswer, ApiRequest, HttpClient } from './http-client';
import type { Budget } from './rate-limiter';

const PAUSE_WITHOUT_ADVICE_MS = 1_000;

/** A leave to send one request, taken beforehand. */
export interface Slot {
  used: boolean;
  readonly pass: Pass;
}

/** An API that is only asked through its gate, and left alone by all workers for as long as a 429 says. */
export class BudgetedClient {
  constructor(
    private readonly http: HttpClient,
    private readonly budget: Pick<Budget, 'pause'>,
    private readonly gate: Gate,
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
      if (error instanceof Failure && error.kind === 'limited') {
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
