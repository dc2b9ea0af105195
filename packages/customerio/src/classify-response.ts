import { parseRetryAfter } from '@optout-sync/http-client';
import { JobError, type ErrorCode, type JobErrorKind } from '@optout-sync/shared/domain';
import { errorText, isErrorForm } from './answers';

/** The part of a response that decides whether the request succeeded. Header names in lower case. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Parsed JSON, or text; '' when there is none. */
  readonly data?: unknown;
  /** The URL of the request. */
  readonly url?: string;
  readonly operation?: string;
}

/** What a rejection is about: the keys or the region, hence the whole API, or the operation that was requested. */
export type RejectionScope = 'api' | 'operation';

/** The error of a response that is not a success. */
export class ResponseError extends JobError {
  /** Whether the response is Customer.io's own, by its form, and not that of a gateway in between. */
  readonly isOwn: boolean;
  readonly scope: RejectionScope;
  /** The operation that was requested. */
  override readonly operation: string;

  constructor(
    kind: JobErrorKind,
    code: ErrorCode,
    message: string,
    options: {
      readonly status: number;
      readonly retryAfterMs?: number | undefined;
      readonly isOwn?: boolean;
      readonly scope?: RejectionScope;
      readonly operation?: string | undefined;
    },
  ) {
    const { status, retryAfterMs, operation } = options;
    super(kind, code, message, {
      status,
      operation,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
    this.isOwn = options.isOwn ?? true;
    this.scope = options.scope ?? 'operation';
    this.operation = options.operation ?? '';
  }
}

/** The request is too large; proxies answer so in a form of their own, and it is about the request all the same. */
const CONTENT_TOO_LARGE = 413;

/**
 * The error that a response of Customer.io means; undefined for 2xx. For a workspace in the other region the Track
 * API redirects, and the App API answers 401.
 */
export function classifyResponse(response: ResponseHead): ResponseError | undefined {
  const { status, operation } = response;
  if (status >= 200 && status < 300) return undefined;
  if (isMisconfiguration(status)) return misconfigured(response);
  const retryAfterMs = parseRetryAfter(response.headers['retry-after']);
  const details = { status, operation, retryAfterMs };
  if (status === 429) {
    return new ResponseError('rate_limited', 'customerio_rate_limited', 'too many requests', details);
  }
  const message = `responded with ${String(status)}`;
  if (status >= 500 || status === 408 || status === 425) {
    return new ResponseError('transient', 'customerio_server_error', message, details);
  }
  const isOwn = isErrorForm(response.data) || status === CONTENT_TOO_LARGE;
  const said = errorText(response.data);
  const reason = said === undefined ? '' : `: ${said}`;
  return new ResponseError('rejected', 'customerio_refused', message + reason, { status, operation, isOwn });
}

function isMisconfiguration(status: number): boolean {
  return status < 400 || status === 401 || status === 403;
}

function misconfigured(response: ResponseHead): ResponseError {
  const { status, operation, data = '' } = response;
  if (status < 400) {
    return new ResponseError(
      'misconfigured',
      'customerio_wrong_region',
      'the workspace is in the other region',
      { status, operation, scope: 'api', isOwn: isRegionRedirect(response) },
    );
  }
  return new ResponseError(
    'misconfigured',
    'customerio_unauthorized',
    'the key was rejected, or the region is wrong',
    // 403 rejects what the key is used for, so it says nothing about the other operations.
    {
      status,
      operation,
      scope: status === 401 ? 'api' : 'operation',
      isOwn: data === '' || isErrorForm(data),
    },
  );
}

/** Customer.io redirects to the same path at the host of the other region. */
function isRegionRedirect({ headers, url }: ResponseHead): boolean {
  const { location } = headers;
  if (typeof location !== 'string' || url === undefined || !URL.canParse(location, url)) return false;
  const [from, to] = [new URL(url), new URL(location, url)];
  return to.pathname === from.pathname && to.host !== from.host;
}
