import { jsonAnswer } from './answers';
import type { WebhookAnswer } from './request';

interface ErrorDefinition {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a webhook is refused, by the code in answers, metrics and logs. The texts are fixed and echo nothing of the request. */
export const WEBHOOK_ERRORS = {
  method_not_allowed: { status: 405, message: 'This method is not allowed here.' },
  malformed_host: {
    status: 400,
    message: 'The Host header, or that of a trusted proxy, is not host or host:port.',
  },
  body_too_large: { status: 413, message: 'The request is too large.' },
  unsupported_media_type: { status: 415, message: 'This content type or encoding is not supported here.' },
  body_incomplete: { status: 400, message: 'The body is incomplete.' },
  too_many_parameters: { status: 413, message: 'There are more parameters than Twilio ever sends.' },
  malformed_body: { status: 400, message: 'The body does not match its content type, or is not UTF-8.' },
  unknown_account: { status: 403, message: 'This AccountSid is not configured here.' },
  missing_signature: { status: 403, message: 'X-Twilio-Signature is missing or malformed.' },
  bad_signature: {
    status: 403,
    message: 'X-Twilio-Signature does not match the URL, parameters and auth token.',
  },
  probe_expired: {
    status: 403,
    message: 'The probe was not sent in the last 5 minutes, by the clock here.',
  },
  bad_token: {
    status: 401,
    message: 'The bearer token is not one of the configured tokens.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  invalid_parameters: {
    status: 400,
    message: 'Needs from, and kind (stop, start or help) or body; the other parameters are text.',
  },
  webhook_not_configured: { status: 404, message: 'No token is configured for this webhook.' },
  too_many_people: { status: 413, message: 'There are more than 1,000 people in one request.' },
  invalid_people: {
    status: 400,
    message: 'Needs phone, and optionally cio_id and previous_phone, or an array of such objects.',
  },
  too_many_optouts: { status: 413, message: 'There are more than 1,000 opt-outs in one request.' },
  invalid_optouts: {
    status: 400,
    message: 'Nothing of this request is used: correct the items that errors names, and send it again.',
  },
  link_invalid: {
    status: 404,
    message: 'It may be incomplete: copy the whole link from the message.',
  },
  link_expired: { status: 410, message: 'It was valid for a limited time.' },
  rate_limited: {
    status: 429,
    message: 'There were too many requests: repeat it after Retry-After seconds.',
  },
  storage_unavailable: { status: 503, message: 'The message cannot be stored now.' },
  internal_error: { status: 500, message: 'An internal error occurred.' },
} as const satisfies Record<string, ErrorDefinition>;

export type WebhookErrorCode = keyof typeof WEBHOOK_ERRORS;

/** Thrown by a check that a webhook fails. */
export class WebhookError extends Error {
  /** Added to the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param logFields for the log line, so without private data */
  constructor(
    readonly code: WebhookErrorCode,
    readonly logFields: Readonly<Record<string, string>> = {},
    options: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, options);
    this.name = 'WebhookError';
    this.headers = options.headers ?? {};
  }
}

export function errorAnswer({ code, headers }: Pick<WebhookError, 'code' | 'headers'>): WebhookAnswer {
  const { status, message, headers: ofCode }: ErrorDefinition = WEBHOOK_ERRORS[code];
  return jsonAnswer(status, { code, message }, { ...ofCode, ...headers });
}
