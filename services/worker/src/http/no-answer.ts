import { isAxiosError } from 'axios';
import { Failure } from '../domain/failure';

/** The Failure of a request that got no whole answer; `api` begins its code. */
export function noAnswer(api: string, error: unknown): Failure {
  // The cause is left out on purpose: it carries the request with its credentials.
  const code = isAxiosError(error) ? (error.code ?? 'unknown') : 'unknown';
  return code === 'ERR_CANCELED' || code === 'ECONNABORTED' || code === 'ETIMEDOUT'
    ? new Failure('transient', `${api}_timeout`, 'no whole answer in time')
    : new Failure('transient', `${api}_unreachable`, `no answer (${code})`);
}
