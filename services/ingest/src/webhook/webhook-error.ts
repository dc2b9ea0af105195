import type { WebhookAnswer } from './receiver';

interface Reason {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a webhook was not taken, by the code that stands in answers, metrics and logs. The texts are fixed: they echo nothing. */
export const WEBHOOK_ERRORS = {
  method_not_allowed: { status: 405, message: 'This method is not taken here.' },
  body_too_large: { status: 413, message: 'The request is too large.' },
  unsupported_media_type: { status: 415, message: 'This content type or encoding is not taken here.' },
  body_incomplete: { status: 400, message: 'The body was cut off.' },
  too_many_parameters: { status: 413, message: 'There are more parameters than Twilio ever sends.' },
  malformed_body: { status: 400, message: 'The body is not what its content type says, in UTF-8.' },
  unknown_account: { status: 403, message: 'No such AccountSid is configured here.' },
  missing_signature: { status: 403, message: 'X-Twilio-Signature is missing or malformed.' },
  bad_signature: {
    status: 403,
    message: 'X-Twilio-Signature does not match the URL, parameters and auth token.',
  },
  bad_token: {
    status: 401,
    message: 'The bearer token is not one of those configured here.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  invalid_parameters: {
    status: 400,
    message: 'Needs from, and kind (stop, start or help) or body; the other parameters are text.',
  },
  storage_unavailable: { status: 503, message: 'The message cannot be kept now.' },
  internal_error: { status: 500, message: 'Something went wrong here.' },
} as const satisfies Record<string, Reason>;

export type WebhookErrorCode = keyof typeof WEBHOOK_ERRORS;

/** Thrown by a check that does not let a webhook pass. `about` goes into the log: nothing private in it. */
export class WebhookError extends Error {
  /** Added to the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: WebhookErrorCode,
    readonly about: Readonly<Record<string, string>> = {},
    options: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, options);
    this.name = 'Refusal';
    this.headers = options.headers ?? {};
  }
}

export function errorAnswer({ code, headers }: Pick<WebhookError, 'code' | 'headers'>): WebhookAnswer {
  const reason: Reason = WEBHOOK_ERRORS[code];
  return {
    status: reason.status,
    headers: { 'content-type': 'application/json', ...reason.headers, ...headers },
    body: `${JSON.stringify({ code, message: reason.message })}\n`,
  };
}
