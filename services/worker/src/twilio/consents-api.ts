import {
  ApiCircuit,
  RateLimiter,
  coalesce,
  type CircuitEvents,
  type CircuitTimes,
  type Permit,
} from '@optout-sync/customerio';
import type { ConsentAccount } from '@optout-sync/shared/config';
import { toJobError, type JobError } from '@optout-sync/shared/domain';
import { inSpan } from '@optout-sync/shared/tracing';
import {
  CONSENTS_PER_CALL,
  CONSENT_CALLS_PER_MINUTE,
  Consents,
  type Consent,
  type ConsentResult,
} from '@optout-sync/twilio-api';
import type { Cluster, Redis } from 'ioredis';
import { itemError, toConsentError } from './consent-errors';

/** Of one request, in ms: Twilio answers within 3 s (https://www.twilio.com/docs/messaging/features/consent-api). */
const TIMEOUT_MS = 3_000;
/** Pause after a 429 without `Retry-After`, in ms. */
const DEFAULT_PAUSE_MS = 1_000;

/** Writes one consent, together with those that wait. @throws {JobError} */
export type WriteConsent = (consent: Consent) => Promise<void>;

export interface ConsentsApi {
  readonly write: WriteConsent;
  close(): void;
}

export interface ConsentsApiDependencies {
  /** Holds what all workers share: the rate limit and the turns to probe. */
  readonly redis: Redis | Cluster;
  readonly prefix: string;
  /** Ends the waiting for a request's turn. */
  readonly stopping: AbortSignal;
  readonly circuitTimes?: Partial<CircuitTimes> | undefined;
  readonly telemetry: CircuitEvents & {
    /** @param status the HTTP status, or the error code when there was no answer */
    requested(status: string): void;
  };
}

/** The Consents API of an account: up to 25 consents in a request, within the rate limit of all workers and through a circuit of its own. */
export function openConsentsApi(
  { sid, apiKey }: Pick<ConsentAccount, 'sid' | 'apiKey'>,
  apiUrl: string,
  { redis, prefix, stopping, circuitTimes, telemetry }: ConsentsApiDependencies,
): ConsentsApi {
  const account = { sid, authTokens: [], apiKey };
  const consents = new Consents({ account, apiUrl, timeoutMs: TIMEOUT_MS, maxAttempts: 1 });
  const limiter = new RateLimiter(
    redis,
    `${prefix}:budget:twilio:${sid}`,
    CONSENT_CALLS_PER_MINUTE / 60,
    stopping,
  );
  const key = `${prefix}:probe:twilio:${sid}`;
  const circuit = new ApiCircuit({ redis, key, limiter, telemetry, stopping, times: circuitTimes });

  async function transmit(items: readonly Consent[], permit: Permit): Promise<ConsentResult[]> {
    return circuit.run(permit, async () => {
      await permit.slot?.renew();
      try {
        const results = await inSpan('twilio consents', { kind: 'client' }, () => consents.write(items));
        telemetry.requested('201');
        return results;
      } catch (error) {
        const failure = toConsentError(error);
        telemetry.requested(failure.status === undefined ? failure.code : String(failure.status));
        if (failure.kind === 'rate_limited') await limiter.pause(failure.retryAfterMs ?? DEFAULT_PAUSE_MS);
        throw failure;
      }
    });
  }

  const write = coalesce<Consent, ConsentResult, { readonly permit: Permit; readonly isProbe: boolean }>({
    client: {
      async reserve(_, options) {
        const permit = await circuit.acquire(options);
        return { permit, isProbe: permit.probe };
      },
    },
    operation: 'consents',
    maxBatch: CONSENTS_PER_CALL,
    run: (items, reserved) =>
      sendByHalves(items, reserved?.permit, async (part, permit) =>
        transmit(part, permit && circuit.isValid(permit) ? permit : await circuit.acquire()),
      ),
  });
  return {
    async write(consent) {
      const result = await write(consent);
      if (result.kind === 'refused') throw itemError(result, consent.sender);
    },
    close() {
      circuit.close();
    },
  };
}

/** Sends items together. When they are rejected together, each half, down to the item that is at fault. */
async function sendByHalves(
  items: readonly Consent[],
  reserved: Permit | undefined,
  send: (items: readonly Consent[], reserved: Permit | undefined) => Promise<ConsentResult[]>,
): Promise<(ConsentResult | JobError)[]> {
  try {
    return await send(items, reserved);
  } catch (error) {
    const failure = toJobError(error);
    if (failure.kind !== 'rejected' || items.length === 1) return items.map(() => failure);
    const middle = Math.ceil(items.length / 2);
    const first = await sendByHalves(items.slice(0, middle), undefined, send);
    return [...first, ...(await sendByHalves(items.slice(middle), undefined, send))];
  }
}
