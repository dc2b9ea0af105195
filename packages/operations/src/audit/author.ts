import { OperationError } from '../operation-error';

/** Who carries an operation out, and why. The audit trail stores both. */
export interface Author {
  readonly by: string;
  readonly why: string;
}

/**
 * Returns the author of an operation.
 *
 * @throws {OperationError} `who_missing` when either is absent or blank
 */
export function requireAuthor({ by = '', why = '' }: Partial<Author>): Author {
  if (by.trim() === '' || why.trim() === '') {
    throw new OperationError(
      'who_missing',
      'the audit trail needs who does this and why: give both `by` and `why`',
    );
  }
  return { by, why };
}
