import type { WebhookAnswer } from './request';

interface Reason {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a webhook was not taken, by the code that stands in answers, metrics and logs. The texts are fixed: they echo nothing. */
export const REFUSALS = {
  method_not_allowed: { status: 405, message: 'Use POST or GET.', headers: { allow: 'GET, POST' } },
  body_too_large: { status: 413, message: 'More than 64 kB.' },
  unsupported_media_type: { status: 415, message: 'Send application/x-www-form-urlencoded, not compressed.' },
  body_too_slow: {
    status: 408,
    message: 'The body did not arrive in time.',
    headers: { connection: 'close' },
  },
  body_incomplete: { status: 400, message: 'The body was cut off.' },
  malformed_body: { status: 400, message: 'The body is not UTF-8.' },
  unknown_account: { status: 403, message: 'No such AccountSid is configured here.' },
  missing_signature: { status: 403, message: 'X-Twilio-Signature is missing or malformed.' },
  bad_signature: {
    status: 403,
    message: 'X-Twilio-Signature does not match the URL, parameters and auth token.',
  },
  storage_unavailable: { status: 503, message: 'The message cannot be kept now.' },
  internal_error: { status: 500, message: 'Something went wrong here.' },
} as const satisfies Record<string, Reason>;

export type RefusalCode = keyof typeof REFUSALS;

/** Thrown by a check that does not let a webhook pass. `about` goes into the log: nothing private in it. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly about: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.name = 'Refusal';
  }
}

export function refusalAnswer(code: RefusalCode): WebhookAnswer {
  const { status, message, headers }: Reason = REFUSALS[code];
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: `${JSON.stringify({ code, message })}\n`,
  };
}
