/** An answer of the API that is no success. Codes are stable: never rename one. */
interface ApiErrorDefinition {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;
  /** The `title` of the problem, the same at every time. */
  readonly title: string;
  /** What the caller does about it. */
  readonly remedy: string;
}

const CONFIGURED = 'Name a workspace or an account that is configured; the detail lists them.';

/**
 * Every error of the API, as `application/problem+json` (RFC 9457). The OpenAPI document has the codes of each route, and
 * docs/api.md is tested against this table.
 */
export const API_ERRORS = {
  request_invalid: {
    status: 400,
    title: 'The request does not have the form that the document describes.',
    remedy: 'Correct the fields that `errors` names.',
  },
  json_invalid: { status: 400, title: 'The body is no valid JSON.', remedy: 'Send one JSON object.' },
  phone_invalid: {
    status: 400,
    title: 'The phone is not valid.',
    remedy: 'Write it in E.164, such as +14155550123, or whatsapp:+14155550123.',
  },
  channel_ambiguous: {
    status: 400,
    title: 'The phone names one channel, and the field `channel` another.',
    remedy: 'Give one of them.',
  },
  sender_invalid: {
    status: 400,
    title: 'The sender is not valid.',
    remedy: 'Give a Messaging Service (MG...) or one of your numbers, on the same channel as the phone.',
  },
  override_invalid: {
    status: 400,
    title: 'A field of the override is not valid.',
    remedy: 'Correct the field that the detail names.',
  },
  workspace_unknown: { status: 400, title: 'The workspace is not configured.', remedy: CONFIGURED },
  workspace_ambiguous: { status: 400, title: 'Several workspaces are configured.', remedy: CONFIGURED },
  account_unknown: { status: 400, title: 'The account is not configured.', remedy: CONFIGURED },
  account_ambiguous: { status: 400, title: 'Several accounts are configured.', remedy: CONFIGURED },
  cursor_invalid: {
    status: 400,
    title: 'The cursor is not valid any more, or never was.',
    remedy: 'Start over without a cursor.',
  },
  filter_missing: {
    status: 400,
    title: 'The filter selects nothing.',
    remedy: 'Give at least one term, or `all: true`.',
  },
  filter_ambiguous: {
    status: 400,
    title: '`all` is given together with other terms.',
    remedy: 'Give one of them.',
  },
  token_missing: {
    status: 401,
    title: 'The request has no token.',
    remedy: 'Send `Authorization: Bearer <token>`. Cookies and query parameters are no credentials here.',
  },
  token_invalid: {
    status: 401,
    title: 'The token does not exist, or was revoked.',
    remedy: 'Have an operator create one: `optout-sync token add`.',
  },
  scope_missing: {
    status: 403,
    title: 'The token lacks a scope.',
    remedy: 'Have an operator create a token with the scope that the detail names.',
  },
  not_found: { status: 404, title: 'There is nothing at this path.', remedy: 'See /api/docs.' },
  entry_not_found: {
    status: 404,
    title: 'The ledger has no entry of this phone.',
    remedy: 'Nothing: nobody with this number has sent STOP or START.',
  },
  letter_not_found: {
    status: 404,
    title: 'There is no such dead letter.',
    remedy: 'List them again: it was replayed or discarded, or never existed.',
  },
  run_not_found: {
    status: 404,
    title: 'There is no such replay run.',
    remedy: 'List the runs again: they are stored for 90 days.',
  },
  run_unsupported: {
    status: 409,
    title: 'The replay run is of a newer release, or damaged.',
    remedy: 'Ask the console of that release.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The path does not have this method.',
    remedy: 'Use one of those in the header `Allow`.',
  },
  selection_changed: {
    status: 409,
    title: 'The dead letters are not those that were previewed any more.',
    remedy: 'Preview again, and send the new count and revision.',
  },
  run_over: { status: 409, title: 'The replay run is over.', remedy: 'Nothing.' },
  body_too_large: { status: 413, title: 'The body is larger than 100 kB.', remedy: 'Send several requests.' },
  content_type_unsupported: {
    status: 415,
    title: 'The body is not uncompressed JSON in UTF-8.',
    remedy: 'Send `Content-Type: application/json`, without Content-Encoding.',
  },
  rate_limited: {
    status: 429,
    title: 'The token has used up its requests of this second.',
    remedy: 'Wait for the seconds in `Retry-After`. CONSOLE_API_RPS is the limit.',
  },
  ledger_entry_unreadable: {
    status: 500,
    title: 'A ledger entry cannot be read: a later release wrote it, or it is damaged.',
    remedy: 'Treat the number as opted out, and see the log.',
  },
  internal_error: { status: 500, title: 'An unexpected error.', remedy: 'Try again, and see the log.' },
  redis_unavailable: {
    status: 503,
    title: 'Redis does not answer.',
    remedy: 'Try again later. Treat no number as opted in meanwhile.',
  },
} as const satisfies Record<string, ApiErrorDefinition>;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** Every route may answer with these. */
export const ERRORS_OF_ALL: readonly ApiErrorCode[] = [
  'request_invalid',
  'token_missing',
  'token_invalid',
  'scope_missing',
  'rate_limited',
  'internal_error',
  'redis_unavailable',
];

/** Every route with a body may answer with these too. */
export const ERRORS_OF_BODIES: readonly ApiErrorCode[] = [
  'json_invalid',
  'body_too_large',
  'content_type_unsupported',
];

export const isApiErrorCode = (code: string): code is ApiErrorCode => Object.hasOwn(API_ERRORS, code);
