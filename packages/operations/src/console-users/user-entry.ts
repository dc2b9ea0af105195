import type { ConsoleRole } from '@optout-sync/shared/config';
import { OperationError } from '../operation-error';
import { hashPassword } from './password-hash';

/** NIST SP 800-63B-4 asks for 15 characters where a password is all that is asked for. */
const MIN_PASSWORD = 15;
const MAX_PASSWORD = 1_024;

/**
 * Returns the entry of a user for CONSOLE_USERS.
 *
 * @throws {OperationError} `user_name_invalid`, `password_too_short`, `password_too_long`
 */
export async function consoleUserEntry(user: {
  readonly name: string;
  readonly role: ConsoleRole;
  readonly password: string;
}): Promise<string> {
  const { name, role, password } = user;
  if (!/^[\w.@+-]{1,100}$/.test(name)) {
    throw new OperationError(
      'user_name_invalid',
      'the name may have letters, digits and . _ @ + - only, 100 at most',
    );
  }
  if (password.length < MIN_PASSWORD) {
    throw new OperationError(
      'password_too_short',
      `the password must have at least ${String(MIN_PASSWORD)} characters`,
    );
  }
  if (password.length > MAX_PASSWORD) {
    throw new OperationError(
      'password_too_long',
      `the password must have at most ${String(MAX_PASSWORD)} characters`,
    );
  }
  return `${name}:${role}:${await hashPassword(password)}`;
}
