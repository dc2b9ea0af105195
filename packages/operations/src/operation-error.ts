/** Why an operation was not carried out: a stable code, and a message for the operator without personal data. */
export class OperationError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** `misused`: the request can never work, whatever Redis holds. `failed`: it cannot work now. */
    readonly fault: 'misused' | 'failed' = 'misused',
  ) {
    super(message);
    this.name = 'OperationError';
  }
}
