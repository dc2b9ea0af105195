import type { z } from 'zod';
import { noAnswer, createHttpClient, type HttpClient } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';
import { failureOf } from './classify-response';

/** One request. `operation` names it in metrics. */
export interface ApiRequest<Data = unknown> {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** What Customer.io's own answer looks like: another comes from something in between. Without it any will do. */
  readonly answer?: z.ZodType<Data>;
}

export interface ApiAnswer<Data = unknown> {
  readonly status: number;
  readonly data: Data;
}

/** Hears of every request: `result` is the HTTP status, or the failure's code when there was no answer. */
export type RequestObserver = (operation: string, result: string, seconds: number) => void;

export type Api = 'app' | 'track' | 'campaign';

/** The same, by API. */
export type RequestEvents = (api: Api, ...args: Parameters<RequestObserver>) => void;

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * One of Customer.io's two APIs over HTTP. Every way to fail comes out as a Failure. The deadline is for the
 * whole exchange, so an answer that drips cannot hold a job; redirects are not followed, which would hand the
 * credentials on.
 */
export class CustomerIoClient {
  private readonly http: HttpClient;
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
    this.http = createHttpClient({
      baseURL: options.baseUrl,
      headers: {
        'content-type': 'application/json',
        ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
      },
      maxContentLength: MAX_ANSWER_BYTES,
    });
  }

  /** Resolves with a 2xx answer, throws a Failure otherwise. */
  async send<Data>(request: ApiRequest<Data>): Promise<ApiAnswer<Data>> {
    const { operation, method, path, query, body } = request;
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
      return { status, data: read(request.answer, status, data) };
    } catch (error) {
      if (error instanceof JobError) throw error;
      const failure = noAnswer('customerio', error);
      done(failure.code);
      throw failure;
    }
  }

  close(): void {
    this.http.close();
  }
}

function read<Data>(schema: z.ZodType<Data> | undefined, status: number, data: unknown): Data {
  // Who gives no schema asked for no type.
  if (!schema) return data as Data;
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join('.') || '(all of it)').join(', ');
  const message = `the answer's form is unknown at ${where}`;
  throw new JobError('transient', 'customerio_answer_not_understood', message, { status });
}
