/** Why a command was not done: a stable code, and a message for the operator. */
export class OperationError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** `misused`: it was called in a way that cannot work, whatever is in Redis. */
    readonly fault: 'misused' | 'failed' = 'misused',
  ) {
    super(message);
    this.name = 'CommandError';
  }
}
