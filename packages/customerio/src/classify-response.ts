import { parseRetryAfter } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';

/** The part of an answer that tells whether it worked. Header names in lower case. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

/**
 * The Failure that an answer of Customer.io means; `undefined` for 2xx. A redirect is its Track API's way to say that
 * the workspace is in the other region, a 401 its App API's.
 */
export function failureOf({ status, headers }: AnswerHead): JobError | undefined {
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
      'the key was refused, or the region is wrong',
      {
        status,
      },
    );
  }
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  if (status === 429) {
    return new JobError('limited', 'customerio_rate_limited', 'too many requests', { status, retryAfterMs });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new JobError('transient', 'customerio_server_error', `answered ${String(status)}`, {
      status,
      retryAfterMs,
    });
  }
  return new JobError('refused', 'customerio_refused', `answered ${String(status)}`, { status });
}
