/**
 * What a failed try means.
 * `transient`: may work next time. `outage`: the same, but known to be nobody's own failure, since nothing works there.
 * `interrupted`: was not tried, since the worker stops.
 * `limited`: will work once the limit has passed. `misconfigured`: works once an operator mends keys or region. `refused`:
 * never works as it is.
 */
export type JobErrorKind = 'transient' | 'outage' | 'interrupted' | 'limited' | 'misconfigured' | 'refused';

/** A failed try, understood. `code` is stable; the message holds no phone, body or key. */
export class JobError extends Error {
  readonly status: number | undefined;
  /** How long Customer.io asked us to wait, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly kind: JobErrorKind,
    readonly code: string,
    message: string,
    options: { readonly status?: number; readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** The same, meaning something else. */
  as(kind: JobErrorKind): JobError {
    const { code, message, status, retryAfterMs, cause } = this;
    return new JobError(kind, code, message, { status, retryAfterMs, cause });
  }
}

/** Any error as a Failure: one that nobody foresaw may be passing, so it is tried again. */
export function toJobError(error: unknown): JobError {
  if (error instanceof JobError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new JobError('transient', 'internal_error', message, { cause: error });
}

/** Of several failures of one job the one that decides: while any may pass, the job is worth another try. */
export function mostSevere(failures: readonly JobError[]): JobError | undefined {
  const order: readonly JobErrorKind[] = [
    'interrupted',
    'misconfigured',
    'limited',
    'outage',
    'transient',
    'refused',
  ];
  return failures.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0];
}
