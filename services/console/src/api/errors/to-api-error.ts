import { OperationError } from '@optout-sync/operations';
import { UnreadableEntryError } from '@optout-sync/shared/ledger';
import { ApiError } from './api-error';
import { API_ERRORS, isApiErrorCode, type ApiErrorCode } from './api-errors';

/** The errors of Express' parsers of bodies and paths, by their `type` or status. */
const OF_EXPRESS: Readonly<Record<string, ApiErrorCode>> = {
  'entity.too.large': 'body_too_large',
  'entity.parse.failed': 'json_invalid',
  'request.aborted': 'request_invalid',
  'request.size.invalid': 'request_invalid',
  'encoding.unsupported': 'content_type_unsupported',
  'charset.unsupported': 'content_type_unsupported',
};

/** Errors that a Redis which cannot serve answers with, such as LOADING, READONLY or OOM, and those of its client when Redis stops answering. */
const FROM_REDIS =
  /ReplyError (?!WRONGTYPE|ERR )|MaxRetriesPerRequestError|ClusterAllFailedError|Command timed out|Connection is closed|Socket timeout/;

/** Returns the answer to an error. Whatever it does not know is an `internal_error`, which says nothing else to the caller. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof OperationError && isApiErrorCode(error.code)) {
    return new ApiError(error.code, error.message);
  }
  if (error instanceof UnreadableEntryError) return ofTable('ledger_entry_unreadable');
  if (!(error instanceof Error)) return ofTable('internal_error');
  const { type, status } = error as { readonly type?: string; readonly status?: number };
  const known = type === undefined ? undefined : OF_EXPRESS[type];
  if (known) return ofTable(known);
  // A path with a broken escape, such as %zz.
  if (status === 400) return ofTable('request_invalid');
  const text = `${error.name} ${error.message}`;
  return ofTable(FROM_REDIS.test(text) ? 'redis_unavailable' : 'internal_error');
}

const ofTable = (code: ApiErrorCode): ApiError => new ApiError(code, API_ERRORS[code].title);
