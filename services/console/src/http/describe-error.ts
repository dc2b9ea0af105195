import { OperationError } from '@optout-sync/operations';
import { UnreadableEntryError } from '@optout-sync/shared/ledger';
import { wrongTypeKey } from '@optout-sync/shared/redis';
import { z } from 'zod';
import { ConsoleError } from './console-error';

/** What a user is told of an error. */
export interface DescribedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: number | undefined;
  /** Whether it is a fault of the console, whose cause belongs into the log. */
  readonly unexpected?: true;
}

/** Describes any error that a handler threw. What an unknown error says is not shown: it may hold anything. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof ConsoleError) {
    // An error's message is not enumerable: a view would miss it.
    const { status, code, message, retryAfter } = error;
    return { status, code, message, retryAfter };
  }
  if (error instanceof OperationError) {
    const { code, message, fault } = error;
    return { status: statusOf(code, fault), code, message, retryAfter: RETRY_AFTER[code] };
  }
  if (error instanceof UnreadableEntryError) {
    // Its own message may quote the entry.
    return {
      status: 500,
      code: error.code,
      message: 'a ledger entry cannot be read: a later release wrote it, or it is damaged',
    };
  }
  if (isRedisError(error)) {
    return {
      status: 503,
      code: 'redis_unavailable',
      message: 'Redis does not answer. Nothing is lost: ingest spools what arrives. Try again',
      retryAfter: 5,
    };
  }
  const key = wrongTypeKey(error);
  if (key !== undefined) {
    const message = `another program wrote the key ${key} in Redis: it has another type than optout-sync stores there`;
    return { status: 500, code: 'redis_key_invalid', message, unexpected: true };
  }
  const parsed = BodyError.safeParse(error);
  if (parsed.success) {
    const { status } = parsed.data;
    if (status === 413) return { status, code: 'body_too_large', message: 'the form is too large' };
    return { status, code: 'request_invalid', message: 'the request cannot be read' };
  }
  return {
    status: 500,
    code: 'internal_error',
    message: 'something went wrong here; the log of the console says what',
    unexpected: true,
  };
}

/** What Express and its body parsers throw for a request that cannot be read. */
const BodyError = z.object({ status: z.int().min(400).max(499) });

/** Of what cannot be done now and passes by itself: after which time in seconds a repetition can succeed. */
const RETRY_AFTER: Readonly<Record<string, number>> = {
  redis_unavailable: 5,
  too_many_streams: 60,
  customerio_rate_limited: 60,
};

function statusOf(code: string, fault: OperationError['fault']): number {
  if (RETRY_AFTER[code] !== undefined) return 503;
  if (fault === 'failed' && /^(customerio|twilio)_/.test(code)) return 502;
  if (/_(unknown|not_found)$/.test(code)) return 404;
  return fault === 'misused' ? 400 : 409;
}

/** ioredis names its own errors; a command that timed out is a plain one. */
export function isRedisError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  if (name === 'MaxRetriesPerRequestError' || name === 'ClusterAllFailedError') return true;
  return /^(Command timed out|Connection is closed|CLUSTERDOWN|LOADING|READONLY|Socket timeout)/.test(
    message,
  );
}
