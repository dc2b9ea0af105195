import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import type { Stores } from '../stores';
import { ApiTokens, tokenExists } from './api-tokens';
import { ApiScope } from './scopes';
import { TOKEN_NAME } from './token-text';

/** A token to create: its name and scopes have been checked. */
interface TokenRequest {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
}

/**
 * Checks a token as an operator enters it.
 *
 * @throws {OperationError} `token_name_invalid`, `scope_unknown`
 */
export function parseTokenRequest(name: string, scopes: readonly string[]): TokenRequest {
  if (!TOKEN_NAME.test(name)) {
    throw new OperationError(
      'token_name_invalid',
      'the name must have 1 to 40 lower-case letters, digits and hyphens, and start with a letter or a digit',
    );
  }
  const known = scopes.map((scope) => ApiScope.safeParse(scope).data);
  const parsed = known.filter((scope) => scope !== undefined);
  if (parsed.length === 0 || parsed.length < known.length) {
    throw new OperationError('scope_unknown', `a scope must be one of ${ApiScope.options.join(', ')}`);
  }
  return { name, scopes: [...new Set(parsed)] };
}

/**
 * Creates a token of the API, with an entry in the audit trail, and returns it.
 *
 * @throws {OperationError} `token_exists`, `who_missing`
 */
export async function addApiToken(
  { redis, prefix, audit }: Pick<Stores, 'redis' | 'prefix' | 'audit'>,
  { name, scopes }: TokenRequest,
  author: Partial<Author>,
): Promise<string> {
  const { by, why } = requireAuthor(author);
  const tokens = new ApiTokens(redis, prefix);
  if (await tokens.has(name)) throw tokenExists(name);
  await audit.add({ action: 'token_add', by, why, details: { token: name, scopes } });
  return tokens.add({ name, scopes, by, why, createdAt: Date.now() });
}

/**
 * Revokes a token of the API, with an entry in the audit trail.
 *
 * @throws {OperationError} `token_not_found`, `who_missing`
 */
export async function revokeApiToken(
  { redis, prefix, audit }: Pick<Stores, 'redis' | 'prefix' | 'audit'>,
  name: string,
  author: Partial<Author>,
): Promise<void> {
  const { by, why } = requireAuthor(author);
  const tokens = new ApiTokens(redis, prefix);
  if (!(await tokens.has(name))) throw tokenNotFound(name);
  await audit.add({ action: 'token_revoke', by, why, details: { token: name } });
  await tokens.remove(name);
}

export function tokenNotFound(name: string): OperationError {
  return new OperationError('token_not_found', `there is no token ${name}`, 'failed');
}
