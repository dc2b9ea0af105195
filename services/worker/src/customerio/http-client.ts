import { Failure } from '../domain/failure';
import { noAnswer } from '../http/no-answer';
import { openAxios, type OpenAxios } from '../http/open-axios';
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

export type Api = 'app' | 'track' | 'campaign';

/** The same, by API. */
export type ApiObserver = (api: Api, ...args: Parameters<RequestObserver>) => void;

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * One of Customer.io's two APIs over HTTP. Every way to fail comes out as a Failure. The deadline is for the
 * whole exchange, so an answer that drips cannot hold a job; redirects are not followed, which would hand the
 * credentials on.
 */
export class HttpClient {
  private readonly http: OpenAxios;
  private readonly timeoutMs: number;

  constructor(
    options: {
      readonly baseUrl: string;
      readonly authorization?: string | undefined;
      readonly timeoutMs?: number;
    },
    private readonly observe: RequestObserver,
  ) {
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.http = openAxios({
      baseURL: options.baseUrl,
      headers: {
        'content-type': 'application/json',
        ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
      },
      maxContentLength: MAX_ANSWER_BYTES,
    });
  }

  /** Resolves with a 2xx answer, throws a Failure otherwise. */
  async send({ operation, method, path, query, body }: ApiRequest): Promise<ApiAnswer> {
    const startedAt = performance.now();
    const done = (result: string): void => {
      this.observe(operation, result, (performance.now() - startedAt) / 1_000);
    };
    try {
      const { status, headers, data } = await this.http.axios.request<unknown>({
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
      const failure = noAnswer('customerio', error);
      done(failure.code);
      throw failure;
    }
  }

  close(): void {
    this.http.close();
  }
}
