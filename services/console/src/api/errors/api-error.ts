import type { ApiErrorCode } from './api-errors';

/** A part of a request that is not valid, such as `body.phones[3]`. */
export interface InvalidField {
  readonly field: string;
  readonly message: string;
}

/** Why a request is refused. The detail goes to the caller, and holds nothing that the caller did not send. */
export class ApiError extends Error {
  constructor(
    readonly code: ApiErrorCode,
    detail: string,
    readonly options: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly fields?: readonly InvalidField[];
    } = {},
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}
