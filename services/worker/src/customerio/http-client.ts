import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { isAxiosError, type AxiosInstance } from 'axios';
import { Failure } from '../domain/failure';
import { failureOf } from './classify-response';

/** One request. `operation` names it in metrics. */
export interface ApiRequest {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly data: unknown;
}

/** Hears of every request: `result` is the HTTP status, or the failure's code when there was no answer. */
export type RequestObserver = (operation: string, result: string, seconds: number) => void;

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * One of Customer.io's two APIs over HTTP. Every way to fail comes out as a Failure. The deadline is for the
 * whole exchange, so an answer that drips cannot hold a job; redirects are not followed, which would hand the
 * credentials on.
 */
export class HttpClient {
  private readonly axios: AxiosInstance;
  private readonly timeoutMs: number;

  constructor(
    options: { readonly baseUrl: string; readonly authorization: string; readonly timeoutMs?: number },
    private readonly observe: RequestObserver,
  ) {
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.axios = axios.create({
      baseURL: options.baseUrl,
      headers: { authorization: options.authorization, 'content-type': 'application/json' },
      httpAgent: new HttpAgent({ keepAlive: true }),
      httpsAgent: new HttpsAgent({ keepAlive: true }),
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      validateStatus: () => true,
    });
  }

  /** Resolves with a 2xx answer, throws a Failure otherwise. */
  async send({ operation, method, path, query, body }: ApiRequest): Promise<ApiAnswer> {
    const startedAt = performance.now();
    const done = (result: string): void => {
      this.observe(operation, result, (performance.now() - startedAt) / 1_000);
    };
    try {
      const { status, headers, data } = await this.axios.request<unknown>({
        method,
        url: path,
        params: query,
        data: body,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      done(String(status));
      const failure = failureOf({ status, headers });
      if (failure) throw failure;
      return { status, data };
    } catch (error) {
      if (error instanceof Failure) throw error;
      const failure = unanswered(error);
      done(failure.code);
      throw failure;
    }
  }

  close(): void {
    const { httpAgent, httpsAgent } = this.axios.defaults as { httpAgent: HttpAgent; httpsAgent: HttpsAgent };
    httpAgent.destroy();
    httpsAgent.destroy();
  }
}

function unanswered(error: unknown): Failure {
  // The cause is left out on purpose: it carries the request with its credentials.
  const code = isAxiosError(error) ? (error.code ?? 'unknown') : 'unknown';
  return code === 'ERR_CANCELED' || code === 'ECONNABORTED' || code === 'ETIMEDOUT'
    ? new Failure('transient', 'customerio_timeout', 'no whole answer in time')
    : new Failure('transient', 'customerio_unreachable', `no answer (${code})`);
}
