import type { Readable } from 'node:stream';
import type { ForwardRequest } from '@optout-sync/shared';
import type { OpenAxios } from '../http/open-axios';
import { noAnswer } from '../http/no-answer';
import { failureOf } from './failure-of';

const DEADLINE_MS = 10_000;

/** Axios adds these where a request has none. */
const NOTHING_OF_OUR_OWN = { accept: false, 'accept-encoding': false, 'user-agent': false } as const;

/** Sends a message on as it came. Throws a Failure unless the target answers 2xx; what else it answers is not read. */
export async function deliver(
  { axios }: OpenAxios,
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
