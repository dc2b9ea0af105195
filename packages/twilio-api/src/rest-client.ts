import { setTimeout as delay } from 'node:timers/promises';
import type { TwilioApiAccount } from '@optout-sync/shared/config';
import { PRODUCTS, apiHost, type Product } from './api-hosts';
import { classifyResponse, type Result } from './classify-response';
import { TwilioApiError, unexpectedResponse } from './twilio-api-error';

export interface RestClientOptions {
  /** An API key goes before the auth tokens. */
  readonly account: Pick<TwilioApiAccount, 'sid' | 'authTokens' | 'apiKey'>;
  /** The base URL of `api.twilio.com`; those of the other products follow from it. */
  readonly apiUrl: string;
  /** Delay before the first retry, doubled for each further one. Default 500 ms. */
  readonly retryMs?: number;
  /** Default 6. */
  readonly maxAttempts?: number;
  /** Of one attempt. Default 30 s. */
  readonly timeoutMs?: number;
  /** Is waited for before each request, retries included: a rate limit. */
  readonly beforeRequest?: () => Promise<void>;
  /** Ends a request, or its waiting for the next attempt, when it is aborted. */
  readonly signal?: AbortSignal;
}

/** The parameters of a form; a list is sent as the name repeated. */
export type Form = URLSearchParams | Readonly<Record<string, string | readonly string[]>>;

interface Credentials {
  readonly user: string;
  readonly password: string;
  /** As errors name it. */
  readonly name: string;
}

const MAX_DELAY_MS = 60_000;

interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly form?: Form | undefined;
  /** Whether a request without a response may be sent again. */
  readonly repeatable: boolean;
}

/** Calls Twilio's REST APIs as one account. */
export class RestClient {
  /** In the order in which they are tried: a key may lack a right, and during a rotation only one of the tokens is valid. */
  private readonly credentials: readonly Credentials[];
  /** The one that is tried first: those before it were rejected where a later one was accepted. */
  private first = 0;
  /** By Twilio's clock, when it sent its latest response, in ms since 1970; its resolution is a second. */
  serverTime: number | undefined;

  constructor(private readonly options: RestClientOptions) {
    this.credentials = credentialsOf(options.account);
  }

  /**
   * Resolves with the JSON at `uri`, which is relative to the host of `product`, or absolute and on one of Twilio's hosts.
   * A request that is rate limited, fails with 5xx or gets no response is retried, up to `maxAttempts` in all, after the
   * delay that Twilio asks for, else `retryMs` doubled each time, at most one minute.
   *
   * @throws {TwilioApiError}
   */
  get(uri: string, product: Product = 'api'): Promise<unknown> {
    return this.send({ method: 'GET', url: this.resolve(uri, product), repeatable: true });
  }

  /**
   * Posts a form and resolves with the JSON of the answer.
   *
   * @param repeatable false for what creates something: it is retried only where Twilio says that it did nothing (429)
   * @throws {TwilioApiError}
   */
  post(
    uri: string,
    form: Form,
    product: Product = 'api',
    { repeatable = true }: { readonly repeatable?: boolean } = {},
  ): Promise<unknown> {
    return this.send({ method: 'POST', url: this.resolve(uri, product), form, repeatable });
  }

  /** Deletes a resource. One that is gone already is no error. @throws {TwilioApiError} */
  async delete(uri: string, product: Product): Promise<void> {
    await this.send({ method: 'DELETE', url: this.resolve(uri, product), repeatable: true }).catch(
      (error: unknown) => {
        if (!(error instanceof TwilioApiError) || error.status !== 404) throw error;
      },
    );
  }

  private async send(request: Request): Promise<unknown> {
    const { retryMs = 500, maxAttempts = 6, signal } = this.options;
    let at = this.first;
    for (let attempt = 1; ;) {
      await this.options.beforeRequest?.();
      const result = await this.attempt(request, this.credentials[at]);
      if ('content' in result) {
        this.first = Math.max(this.first, at);
        return result.content;
      }
      const { error, retryable } = result;
      if (error.code === 'twilio_unauthorized' && at + 1 < this.credentials.length) {
        at += 1;
        continue;
      }
      const again = request.repeatable ? retryable : error.code === 'twilio_rate_limited';
      if (!again || attempt >= maxAttempts) throw error;
      const waitMs = error.retryAfterMs ?? retryMs * 2 ** (attempt - 1);
      await delay(Math.min(waitMs, MAX_DELAY_MS), undefined, { signal });
      attempt += 1;
    }
  }

  /** The request carries the credentials, so a link in a response must stay on one of the hosts. */
  private resolve(uri: string, product: Product): string {
    const { apiUrl } = this.options;
    const url = new URL(uri, apiHost(apiUrl, product));
    const isOurs = PRODUCTS.some((one) => new URL(apiHost(apiUrl, one)).origin === url.origin);
    if (!isOurs) throw unexpectedResponse();
    return url.href;
  }

  private async attempt(
    { method, url, form }: Request,
    credentials: Credentials = NO_CREDENTIALS,
  ): Promise<Result> {
    const { timeoutMs = 30_000, signal } = this.options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
          accept: 'application/json',
        },
        ...(form && { body: encode(form) }),
        redirect: 'manual',
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      });
      const date = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(date)) this.serverTime = date;
      return classifyResponse(credentials.name, response, await response.text());
    } catch {
      const error = new TwilioApiError('twilio_unreachable', 'Twilio does not respond');
      return { error, retryable: true };
    }
  }
}

const NO_CREDENTIALS: Credentials = { user: '', password: '', name: 'the credentials' };

function credentialsOf({ sid, authTokens, apiKey }: RestClientOptions['account']): Credentials[] {
  return [
    ...(apiKey ? [{ user: apiKey.sid, password: apiKey.secret, name: `the API key ${apiKey.sid}` }] : []),
    ...authTokens.map((password) => ({ user: sid, password, name: `the auth token of ${sid}` })),
  ];
}

function encode(form: Form): URLSearchParams {
  if (form instanceof URLSearchParams) return form;
  const params = new URLSearchParams();
  for (const [name, values] of Object.entries(form)) {
    for (const value of [values].flat()) params.append(name, value);
  }
  return params;
}
