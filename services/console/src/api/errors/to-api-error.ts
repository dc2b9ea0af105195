import { OperationError } from '@optout-sync/operations';
import { UnreadableEntryError } from '@optout-sync/shared/ledger';
import { isRedisError } from '../../http/describe-error';
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
  return ofTable(isRedisError(error) ? 'redis_unavailable' : 'internal_error');
}

const ofTable = (code: ApiErrorCode): ApiError => new ApiError(code, API_ERRORS[code].title);
