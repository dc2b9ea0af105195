import type { ErrorCode } from './error-codes';

/**
 * What a failed attempt means for the job.
 *
 * - `transient`: another attempt may succeed.
 * - `outage`: like `transient`, but the whole service or target is down, so the failure is not this job's own.
 * - `aborted`: the worker is stopping; there was no attempt.
 * - `rate_limited`: an attempt succeeds once the rate limit has passed.
 * - `misconfigured`: an attempt succeeds once an operator corrects the keys or the region.
 * - `unsupported`: a newer version wrote the payload; an attempt of a newer worker may succeed.
 * - `rejected`: no attempt with the same data can succeed.
 */
export type JobErrorKind =
  'transient' | 'outage' | 'aborted' | 'rate_limited' | 'misconfigured' | 'unsupported' | 'rejected';

/** A failed attempt of a job. `code` is stable; the message contains no phone number, body or key. */
export class JobError extends Error {
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** How long the other side asked us to wait, in ms. */
  readonly retryAfterMs: number | undefined;
  /** Which request to Customer.io failed, where one did: `search`, `attributes`, `batch`, ... */
  readonly operation: string | undefined;

  constructor(
    readonly kind: JobErrorKind,
    readonly code: ErrorCode,
    message: string,
    options: {
      readonly status?: number;
      readonly retryAfterMs?: number;
      readonly operation?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'JobError';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.operation = options.operation;
  }

  /** A copy of another kind. */
  as(kind: JobErrorKind): JobError {
    const { code, message, status, retryAfterMs, operation, cause } = this;
    return new JobError(kind, code, message, { status, retryAfterMs, operation, cause });
  }

  /** A copy that names the request that failed. */
  during(operation: string): JobError {
    const { kind, code, message, status, retryAfterMs, cause } = this;
    return new JobError(kind, code, message, { status, retryAfterMs, operation, cause });
  }
}

/** Returns a JobError as it is, and any other error as a `transient` one: an unexpected error may pass. */
export function toJobError(error: unknown): JobError {
  if (error instanceof JobError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new JobError('transient', 'internal_error', message, { cause: error });
}

/** The error that decides what happens to a job with several: the job is retried while any of them may pass. */
export function mostSevere(errors: readonly JobError[]): JobError | undefined {
  const order: readonly JobErrorKind[] = [
    'aborted',
    'misconfigured',
    'unsupported',
    'rate_limited',
    'outage',
    'transient',
    'rejected',
  ];
  return errors.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0];
}
