import { isAxiosError } from 'axios';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';
import { JobError } from '@optout-sync/shared/domain';

/** The Failure of a request that got no whole answer; `api` begins its code. */
export function noAnswer(api: 'customerio' | 'forward', error: unknown): JobError {
  // The cause is left out on purpose: it carries the request with its credentials.
  const code = isAxiosError(error) ? (error.code ?? 'unknown') : 'unknown';
  return code === 'ERR_CANCELED' || code === 'ECONNABORTED' || code === 'ETIMEDOUT'
    ? new JobError('transient', `${api}_timeout` as const, 'no whole answer in time')
    : new JobError('transient', `${api}_unreachable` as const, `no answer (${code})`);
}

export interface HttpClient {
  readonly axios: AxiosInstance;
  /** Closes the connections that are kept. */
  close(): void;
}

/** An axios that keeps connections, follows no redirect and takes every status for an answer. */
export function createHttpClient(defaults: CreateAxiosDefaults = {}): HttpClient {
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  return {
    axios: axios.create({ ...defaults, httpAgent, httpsAgent, maxRedirects: 0, validateStatus: () => true }),
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Longer than this nobody is waited for on the word of one header. */
const LONGEST_MS = 3_600_000;

/** `Retry-After` in ms, an hour at most: seconds or a date (RFC 9110, 10.2.3); `undefined` for none that can be read. */
export function parseRetryAfter(header: unknown): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_MS);
}
