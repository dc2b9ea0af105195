/** A request that is refused: the HTTP status, a stable code, and a message that says what to do. */
export class ConsoleError extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 413 | 421 | 429 | 503,
    readonly code: string,
    message: string,
    /** After which time in seconds a repetition can succeed. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ConsoleError';
  }
}

export const notFound = (what = 'this page'): ConsoleError =>
  new ConsoleError(404, 'not_found', `${what} does not exist, or not any more`);
