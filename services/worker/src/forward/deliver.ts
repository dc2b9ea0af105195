import type { Readable } from 'node:stream';
import { noAnswer, parseRetryAfter, type HttpClient } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';

const DEADLINE_MS = 10_000;

/** Axios adds these where a request has none. */
const NOTHING_OF_OUR_OWN = { accept: false, 'accept-encoding': false, 'user-agent': false } as const;

/** Sends a message on as it came. Throws a Failure unless the target answers 2xx; what else it answers is not read. */
export async function deliver(
  { axios }: HttpClient,
  { target, method, query, headers, body }: ForwardRequest,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  let answer;
  try {
    answer = await axios.request<Readable>({
      method,
      url: query ? `${target}${target.includes('?') ? '&' : '?'}${query}` : target,
      headers: { ...NOTHING_OF_OUR_OWN, ...headers },
      ...(method === 'POST' && { data: body }),
      // The body stays as it is.
      transformRequest: [],
      decompress: false,
      responseType: 'stream',
      signal: AbortSignal.timeout(deadlineMs),
    });
  } catch (error) {
    throw noAnswer('forward', error);
  }
  // Read to its end, so that the connection can be used again; should it be cut off, its status has been told.
  answer.data.on('error', () => undefined).resume();
  const failure = failureOf(answer);
  if (failure) throw failure;
}

/**
 * The Failure that a target's answer means; `undefined` for 2xx. Unlike with Customer.io's own APIs nothing here says
 * that an operator could mend a 401 or 403 of somebody else's: the message is theirs to refuse, as is any other 4xx.
 */
export function failureOf(answer: {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}): JobError | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after']);
  const message = `answered ${String(status)}`;
  if (status === 429) {
    return new JobError('limited', 'forward_rate_limited', message, { status, retryAfterMs });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new JobError('transient', 'forward_server_error', message, { status, retryAfterMs });
  }
  return status < 400
    ? new JobError('refused', 'forward_redirected', `${message}: redirects are not followed`, { status })
    : new JobError('refused', 'forward_refused', message, { status });
}
