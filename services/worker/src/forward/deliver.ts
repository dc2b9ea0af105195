import type { Readable } from 'node:stream';
import { noAnswer, parseRetryAfter, type HttpClient } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';
import { inSpan } from '@optout-sync/shared/tracing';

const DEADLINE_MS = 10_000;

/** Axios adds these headers to a request that lacks them; `false` leaves them out. */
const NO_DEFAULT_HEADERS = { accept: false, 'accept-encoding': false, 'user-agent': false } as const;

/**
 * Sends a message to its target unchanged. Resolves when the target answers 2xx; the body of the answer is discarded.
 *
 * @throws {JobError} for any other answer, or none within `deadlineMs`
 */
export async function deliver(
  http: HttpClient,
  request: ForwardRequest,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  // The rest of the URL may hold a secret.
  const attributes = { 'server.address': new URL(request.target).hostname };
  await inSpan('forward', { kind: 'client', attributes }, async (span) => {
    const status = await send(http, request, deadlineMs);
    span?.setAttribute('http.response.status_code', status);
  });
}

/** Resolves with the status of a 2xx. */
async function send(
  { axios }: HttpClient,
  { target, method, query, headers, body }: ForwardRequest,
  deadlineMs: number,
): Promise<number> {
  let answer;
  try {
    answer = await axios.request<Readable>({
      method,
      url: query ? `${target}${target.includes('?') ? '&' : '?'}${query}` : target,
      headers: { ...NO_DEFAULT_HEADERS, ...headers },
      ...(method === 'POST' && { data: body }),
      // Without transforms, axios sends the body byte for byte.
      transformRequest: [],
      decompress: false,
      responseType: 'stream',
      signal: AbortSignal.timeout(deadlineMs),
    });
  } catch (error) {
    throw noAnswer('forward', error);
  }
  // Read to its end, so that the connection can be reused. An error then is ignored: the status has arrived.
  answer.data.on('error', () => undefined).resume();
  const failure = classifyAnswer(answer);
  if (failure) throw failure;
  return answer.status;
}

/**
 * The error that a target's answer means; `undefined` for 2xx. Unlike with Customer.io's own APIs, a 401 or 403 says
 * nothing that an operator of ours can correct: the target rejects the message, as with any other 4xx.
 */
export function classifyAnswer(answer: {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}): JobError | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after']);
  const message = `answered ${String(status)}`;
  if (status === 429) {
    return new JobError('rate_limited', 'forward_rate_limited', message, { status, retryAfterMs });
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new JobError('transient', 'forward_server_error', message, { status, retryAfterMs });
  }
  return status < 400
    ? new JobError('rejected', 'forward_redirected', `${message}: redirects are not followed`, { status })
    : new JobError('rejected', 'forward_refused', message, { status });
}
