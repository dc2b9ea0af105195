import { noAnswer, createHttpClient, holdUntil, isTooLong, type HttpClient } from '@optout-sync/http-client';
import { JobError } from '@optout-sync/shared/domain';
import { inSpan } from '@optout-sync/shared/tracing';
import type { AnswerForm, RawAnswer } from './answers';
import { classifyResponse } from './classify-response';

/** One request. `operation` names it in metrics. */
export interface ApiRequest<Data = unknown> {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** The form of Customer.io's own answer. Default: any 2xx. */
  readonly answer?: AnswerForm<Data>;
}

export type Api = 'app' | 'track' | 'campaign';

/** Called after every request; `result` is the HTTP status, or the error code when there was no response. */
export type RequestEvents = (api: Api, operation: string, result: string, seconds: number) => void;

const DEFAULT_TIMEOUT_MS = 10_000;
/** Far more than the attributes of one person: 300 of 1,000 bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * An HTTP client of one of Customer.io's APIs. Every failure is thrown as a JobError. The timeout covers the whole
 * exchange, so a slowly dripping response cannot block a job. Redirects are not followed: that would pass the credentials
 * on to another host.
 */
export class CustomerIoClient {
  private readonly http: HttpClient;
  private readonly timeoutMs: number;

  constructor(
    private readonly options: {
      readonly baseUrl: string;
      readonly authorization?: string | undefined;
      readonly timeoutMs?: number;
      /** Default: 16 MB. */
      readonly maxAnswerBytes?: number | undefined;
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
      maxContentLength: options.maxAnswerBytes ?? MAX_ANSWER_BYTES,
    });
  }

  /**
   * Resolves with what is used of an answer in the form of the operation.
   *
   * @param ready called once there is a connection, before the first byte is sent; the request waits for it
   * @throws {JobError} for any other response, and for none
   */
  send<Data>(request: ApiRequest<Data>, ready?: () => Promise<unknown>): Promise<Data> {
    const { operation } = request;
    return inSpan(`customerio ${operation}`, { kind: 'client' }, async (span) => {
      const { status, data } = await this.exchange(request, ready);
      span?.setAttribute('http.response.status_code', status);
      return data;
    });
  }

  private async exchange<Data>(
    request: ApiRequest<Data>,
    ready: (() => Promise<unknown>) | undefined,
  ): Promise<{ readonly status: number; readonly data: Data }> {
    const { operation, method, path, query, body } = request;
    const startedAt = performance.now();
    const report = (result: string): void => {
      this.onRequest(operation, result, (performance.now() - startedAt) / 1_000);
    };
    const timeout = new Timeout(this.timeoutMs);
    let notReady: unknown;
    try {
      const { status, headers, data } = await this.http.axios.request<unknown>({
        method,
        url: path,
        params: query,
        data: body,
        signal: timeout.signal,
        transport: holdUntil(async () => {
          // The time in which nothing is sent is not Customer.io's.
          timeout.stop();
          await ready?.().catch((error: unknown) => {
            notReady = error;
            throw error;
          });
          timeout.start();
        }),
      });
      report(String(status));
      const url = `${this.options.baseUrl}${path}`;
      const failure = classifyResponse({ status, headers, data, url, operation });
      if (failure) throw failure;
      return { status, data: parse(request, { status, data }) };
    } catch (error) {
      if (error instanceof JobError) throw error;
      if (notReady instanceof JobError) throw notReady;
      const failure = (isTooLong(error) ? tooLarge() : noAnswer('customerio', error)).during(operation);
      report(failure.code);
      throw failure;
    } finally {
      timeout.stop();
    }
  }

  close(): void {
    this.http.close();
  }
}

/** Aborts `signal` after `ms`, counted from the latest start. */
class Timeout {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ms: number) {
    this.start();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  start(): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.controller.abort();
    }, this.ms).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

function parse<Data>({ answer: form, operation }: ApiRequest<Data>, answer: RawAnswer): Data {
  // Without a form, Data is unknown.
  if (!form) return answer.data as Data;
  const parsed = form.safeParse(answer);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.') || '(root)').join(', ');
  throw notUnderstood(`the response has an unknown form at ${paths}`, answer.status).during(operation);
}

/** Of kind `rejected`: the same request would be answered in the same way, and others are not affected. */
function tooLarge(): JobError {
  return new JobError('rejected', 'customerio_answer_too_large', 'the response is larger than what is read');
}

/** The error of a response that is a success by its status, but not Customer.io's by its form. */
export function notUnderstood(message: string, status: number): JobError {
  return new JobError('transient', 'customerio_answer_not_understood', message, { status });
}
