import { setTimeout as delay } from 'node:timers/promises';
import type { TwilioAccount } from '@optout-sync/shared/config';
import { TwilioApiError } from './twilio-api-error';

export interface RestClientOptions {
  readonly account: Pick<TwilioAccount, 'sid' | 'authTokens'>;
  readonly apiUrl: string;
  /** Delay before the first retry, doubled for each further one. Default 500 ms. */
  readonly retryMs?: number;
  /** Is waited for before each request, retries included: a rate limit. */
  readonly beforeRequest?: () => Promise<void>;
}

const TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 6;
const MAX_DELAY_MS = 60_000;

type Result =
  | { readonly content: unknown }
  | { readonly error: TwilioApiError; readonly retryable: boolean; readonly retryAfterMs?: number };

interface RestRequest {
  readonly url: string;
  /** A form to post; without it the request is a GET. */
  readonly form?: URLSearchParams;
}

/** Uses Twilio's REST API as one account. */
export class RestClient {
  /** The tokens that Twilio has not rejected: during a rotation only one of them is valid. */
  private readonly tokens: string[];

  constructor(private readonly options: RestClientOptions) {
    this.tokens = [...options.account.authTokens];
  }

  /**
   * Resolves with the JSON at `uri`. A request that is rate limited, fails with 5xx or gets no response is retried, up to
   * six attempts in all, after the delay that Twilio asks for, else `retryMs` doubled each time, at most one minute.
   *
   * @throws {TwilioApiError}
   */
  async get(uri: string): Promise<unknown> {
    return this.send({ url: this.resolve(uri) });
  }

  /**
   * Posts a form, and resolves with the JSON of the answer. It is retried as `get` is, so repeating it must be harmless.
   *
   * @throws {TwilioApiError}
   */
  async post(uri: string, form: URLSearchParams): Promise<unknown> {
    return this.send({ url: this.resolve(uri), form });
  }

  private async send(request: RestRequest): Promise<unknown> {
    const { retryMs = 500 } = this.options;
    for (let attempt = 1; ;) {
      await this.options.beforeRequest?.();
      const result = await this.request(request, this.tokens[0] ?? '');
      if ('content' in result) return result.content;
      const { error, retryable, retryAfterMs } = result;
      if (error.code === 'twilio_unauthorized' && this.tokens.length > 1) {
        this.tokens.shift();
        continue;
      }
      if (!retryable || attempt === MAX_ATTEMPTS) throw error;
      await delay(Math.min(retryAfterMs ?? retryMs * 2 ** (attempt - 1), MAX_DELAY_MS));
      attempt += 1;
    }
  }

  /** The request carries the credentials, so a link in a response must stay on the host of `apiUrl`. */
  private resolve(uri: string): string {
    const url = new URL(uri, this.options.apiUrl);
    if (url.origin !== new URL(this.options.apiUrl).origin) throw unexpectedResponse();
    return url.href;
  }

  private async request({ url, form }: RestRequest, token: string): Promise<Result> {
    const { sid } = this.options.account;
    try {
      const response = await fetch(url, {
        ...(form && { method: 'POST', body: form }),
        headers: {
          authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`,
          accept: 'application/json',
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const retryAfter = response.headers.get('retry-after');
      return classify(sid, response.status, retryAfter, await response.text());
    } catch {
      const error = new TwilioApiError('twilio_unreachable', 'Twilio does not respond');
      return { error, retryable: true };
    }
  }
}

function classify(sid: string, status: number, retryAfter: string | null, text: string): Result {
  const message = `Twilio responds with ${String(status)}`;
  if (status === 200 || status === 201) return parse(text);
  if (status === 401 || status === 403) {
    const hint = `check the auth token of ${sid}`;
    return { error: new TwilioApiError('twilio_unauthorized', `${message}: ${hint}`), retryable: false };
  }
  if (status === 429) {
    const error = new TwilioApiError('twilio_rate_limited', `${message} to every attempt: run it later`);
    const seconds = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
    return { error, retryable: true, ...(seconds !== undefined && { retryAfterMs: seconds * 1_000 }) };
  }
  return status >= 500
    ? { error: new TwilioApiError('twilio_unreachable', message), retryable: true }
    : { error: new TwilioApiError('twilio_refused', message), retryable: false };
}

function parse(text: string): Result {
  try {
    return { content: JSON.parse(text) as unknown };
  } catch {
    return { error: unexpectedResponse(), retryable: false };
  }
}

/** The error of a response that is not of Twilio's API, such as a proxy's. */
export const unexpectedResponse = (): TwilioApiError =>
  new TwilioApiError('twilio_answer_not_understood', "the response is not of Twilio's API");
