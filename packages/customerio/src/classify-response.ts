import { parseRetryAfter } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';

/** The part of a response that decides whether the request succeeded. Header names in lower case. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/**
 * The error that a response of Customer.io means; undefined for 2xx. For a workspace in the other region the Track
 * API redirects, and the App API answers 401.
 */
export function classifyResponse({ status, headers }: ResponseHead): JobError | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) {
    return new JobError('misconfigured', 'customerio_wrong_region', 'the workspace is in the other region', {
      status,
    });
  }
  if (status === 401 || status === 403) {
    return new JobError(
      'misconfigured',
      'customerio_unauthorized',
      'the key was rejected, or the region is wrong',
      { status },
    );
  }
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  if (status === 429) {
    return new JobError('limited', 'customerio_rate_limited', 'too many requests', { status, retryAfterMs });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new JobError('transient', 'customerio_server_error', `responded with ${String(status)}`, {
      status,
      retryAfterMs,
    });
  }
  return new JobError('refused', 'customerio_refused', `responded with ${String(status)}`, { status });
}
