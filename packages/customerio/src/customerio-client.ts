import type { z } from 'zod';
import { noAnswer, createHttpClient, type HttpClient } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';
import { classifyResponse } from './classify-response';

/** One request. `operation` names it in metrics. */
export interface ApiRequest<Data = unknown> {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** The shape of Customer.io's own response; a body of any other shape comes from a proxy in between. Default: any shape. */
  readonly schema?: z.ZodType<Data>;
}

export interface ApiResponse<Data = unknown> {
  readonly status: number;
  readonly data: Data;
}

export type Api = 'app' | 'track' | 'campaign';

/** Called after every request; `result` is the HTTP status, or the error code when there was no response. */
export type RequestEvents = (api: Api, operation: string, result: string, seconds: number) => void;

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/**
 * An HTTP client of one of Customer.io's APIs. Every failure is thrown as a JobError. The timeout covers the whole
 * exchange, so a slowly dripping response cannot block a job. Redirects are not followed: that would pass the credentials
 * on to another host.
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
    private readonly onRequest: (operation: string, result: string, seconds: number) => void,
  ) {
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.http = createHttpClient({
      baseURL: options.baseUrl,
      headers: {
        'content-type': 'application/json',
        ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
      },
      maxContentLength: MAX_RESPONSE_BYTES,
    });
  }

  /** Resolves with a 2xx response. @throws {JobError} for any other response, and for none */
  async send<Data>(request: ApiRequest<Data>): Promise<ApiResponse<Data>> {
    const { operation, method, path, query, body } = request;
    const startedAt = performance.now();
    const report = (result: string): void => {
      this.onRequest(operation, result, (performance.now() - startedAt) / 1_000);
    };
    try {
      const { status, headers, data } = await this.http.axios.request<unknown>({
        method,
        url: path,
        params: query,
        data: body,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      report(String(status));
      const failure = classifyResponse({ status, headers });
      if (failure) throw failure;
      return { status, data: parse(request.schema, status, data) };
    } catch (error) {
      if (error instanceof JobError) throw error;
      const failure = noAnswer('customerio', error);
      report(failure.code);
      throw failure;
    }
  }

  close(): void {
    this.http.close();
  }
}

function parse<Data>(schema: z.ZodType<Data> | undefined, status: number, data: unknown): Data {
  // Without a schema, Data is unknown.
  if (!schema) return data as Data;
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.') || '(root)').join(', ');
  const message = `the response has an unknown shape at ${paths}`;
  throw new JobError('transient', 'customerio_answer_not_understood', message, { status });
}
