import { Failure } from '../domain/failure';
import type { Budget } from './budget';
import type { ApiAnswer, ApiRequest, HttpClient } from './http-client';

const PAUSE_WITHOUT_ADVICE_MS = 1_000;

/** A leave to send one request, taken from the budget beforehand. */
export interface Slot {
  used: boolean;
}

/** An API that is only asked within its budget, and left alone by all workers for as long as a 429 says. */
export class BudgetedClient {
  constructor(
    private readonly http: HttpClient,
    private readonly budget: Budget,
  ) {}

  /** Waits for leave to send one request. */
  async reserve(): Promise<Slot> {
    await this.budget.acquire();
    return { used: false };
  }

  /** Sends within the budget, on `slot` when it is still unused. Throws a Failure. */
  async send(request: ApiRequest, slot?: Slot): Promise<ApiAnswer> {
    if (slot && !slot.used) slot.used = true;
    else await this.budget.acquire();
    try {
      return await this.http.send(request);
    } catch (error) {
      if (error instanceof Failure && error.kind === 'limited') {
        await this.budget.pause(error.retryAfterMs ?? PAUSE_WITHOUT_ADVICE_MS);
      }
      throw error;
    }
  }
}
