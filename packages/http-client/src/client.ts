import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { isAxiosError, type AxiosInstance, type CreateAxiosDefaults } from 'axios';
import { JobError } from '@optout-sync/shared/domain';

export interface HttpClient {
  readonly axios: AxiosInstance;
  /** Closes the keep-alive connections. */
  close(): void;
}

/**
 * Creates an axios instance that reuses connections, follows no redirect and resolves for every status. It sets no
 * timeout: each request brings its own signal, which covers the whole exchange.
 */
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

/** The error of a request without a complete response: `<api>_timeout` or `<api>_unreachable`, both transient. */
export function noAnswer(api: 'customerio' | 'forward', error: unknown): JobError {
  // The cause is left out on purpose: it contains the request with its credentials.
  const code = isAxiosError(error) ? (error.code ?? 'unknown') : 'unknown';
  return code === 'ERR_CANCELED' || code === 'ECONNABORTED' || code === 'ETIMEDOUT'
    ? new JobError('transient', `${api}_timeout` as const, 'no complete response in time')
    : new JobError('transient', `${api}_unreachable` as const, `no response (${code})`);
}

/** Whether a response was longer than `maxContentLength`. */
export function isTooLong(error: unknown): boolean {
  // The code is also that of other failures.
  return isAxiosError(error) && error.message.startsWith('maxContentLength ');
}

/** Upper bound for a wait that a single header asks for. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Parses `Retry-After`, seconds or an HTTP date (RFC 9110, 10.2.3), into ms from now, at least 0 and at most one hour.
 * Undefined for a missing or invalid header.
 */
export function parseRetryAfter(header: unknown): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}
