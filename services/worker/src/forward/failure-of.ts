import { Failure } from '../domain/failure';
import { parseRetryAfter } from '../http/retry-after';

/**
 * The Failure that a target's answer means; `undefined` for 2xx. Unlike with Customer.io's own APIs nothing here says
 * that an operator could mend a 401 or 403 of somebody else's: the message is theirs to refuse, as is any other 4xx.
 */
export function failureOf(answer: {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}): Failure | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after']);
  const message = `answered ${String(status)}`;
  if (status === 429) {
    return new Failure('limited', 'forward_rate_limited', message, { status, retryAfterMs });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new Failure('transient', 'forward_server_error', message, { status, retryAfterMs });
  }
  return status < 400
    ? new Failure('refused', 'forward_redirected', `${message}: redirects are not followed`, { status })
    : new Failure('refused', 'forward_refused', message, { status });
}
