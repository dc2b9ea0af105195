import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { CustomerIoAccess } from '@optout-sync/shared/config';
import { JobError } from '@optout-sync/shared/domain';
import { AppApi } from './app-api';
import { CustomerIoClient } from './customerio-client';
import { LimitedClient } from './limited-client';
import { LocalRateLimiter } from './local-rate-limiter';

/** How long a request waits while Customer.io answers 429, in ms. */
const PATIENCE_MS = 600_000;
const MAX_RETRIES = 4;

/** The App API for a command that reads for a long time and has no Redis. */
export interface StandaloneApi {
  readonly api: AppApi;
  /** Ends what waits, and closes the connections. */
  close(): void;
}

/**
 * Opens the App API within a rate limit of this process alone. A failure that may pass is retried four times, after 1, 2, 4 and 8 s
 * on average; a 429 is waited for.
 *
 * @param retryMs the mean delay before the first retry
 */
export function openStandaloneApi({
  access,
  requestsPerSecond,
  signal,
  retryMs = 1_000,
}: {
  readonly access: Pick<CustomerIoAccess, 'appApiKey' | 'appUrl'>;
  readonly requestsPerSecond: number;
  /** Ends all requests. */
  readonly signal?: AbortSignal | undefined;
  readonly retryMs?: number;
}): StandaloneApi {
  const closing = new AbortController();
  const stopping = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
  const http = new CustomerIoClient(
    { baseUrl: access.appUrl, authorization: `Bearer ${access.appApiKey ?? ''}` },
    () => undefined,
  );
  const limited = new LimitedClient(http, new LocalRateLimiter(requestsPerSecond, stopping), {
    slot: { lane: 'background' },
    patienceMs: PATIENCE_MS,
  });
  const policy = retry(
    handleWhen((error) => error instanceof JobError && error.kind === 'transient'),
    {
      maxAttempts: MAX_RETRIES,
      backoff: new ExponentialBackoff({ initialDelay: retryMs, maxDelay: 30_000 }),
    },
  );
  return {
    api: new AppApi({
      send: (request, options) => policy.execute(() => limited.send(request, options), stopping),
    }),
    close: () => {
      closing.abort();
      http.close();
    },
  };
}
