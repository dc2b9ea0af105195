import { TimeoutError, withTimeout } from '@optout-sync/shared/service';
import { JobError } from '@optout-sync/shared/domain';
import type { ApiRequest, CustomerIoClient } from './customerio-client';
import type { GuardedClient, SendOptions } from './guarded-client';
import type { RateLimiter, SlotClass } from './rate-limiter';

/** Pause after a 429 without `Retry-After`, in ms. */
const DEFAULT_PAUSE_MS = 1_000;

/**
 * A client for a command: within the rate limit that all workers share, but without a circuit, so that a failure ends the
 * command at once instead of waiting until the API works again. A 429 pauses the workers as well and is tried again while
 * there is a slot in time.
 */
export class LimitedClient implements Pick<GuardedClient, 'send'> {
  constructor(
    private readonly http: CustomerIoClient,
    private readonly limiter: Pick<RateLimiter, 'acquire' | 'pause'>,
    private readonly options: {
      readonly slot: SlotClass;
      /** How long one request waits for its slot at most, in ms. */
      readonly patienceMs: number;
    },
  ) {}

  /** @throws {JobError} `customerio_rate_limited` when the rate limit has no slot in time */
  async send<Data>(request: ApiRequest<Data>, { slot = this.options.slot }: SendOptions = {}): Promise<Data> {
    const giveUpAt = performance.now() + this.options.patienceMs;
    for (;;) {
      const granted = await withTimeout(this.limiter.acquire(slot), giveUpAt - performance.now()).catch(
        (error: unknown) => {
          throw error instanceof TimeoutError ? noSlot(this.options.patienceMs) : error;
        },
      );
      try {
        return await this.http.send(request, () => granted.renew());
      } catch (error) {
        if (!(error instanceof JobError) || error.kind !== 'rate_limited') throw error;
        await this.limiter.pause(error.retryAfterMs ?? DEFAULT_PAUSE_MS);
      }
    }
  }
}

function noSlot(patienceMs: number): JobError {
  const seconds = String(Math.round(patienceMs / 1_000));
  return new JobError(
    'rate_limited',
    'customerio_rate_limited',
    `no request was possible within ${seconds} s`,
  );
}
