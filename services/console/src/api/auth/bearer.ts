import type { Request } from 'express';
import type { ApiScope, ApiToken, ApiTokens } from '@optout-sync/operations';
import { ApiError } from '../errors/api-error';

/** The scheme is case-insensitive (RFC 9110, 11.1). Nothing else is a credential: neither a cookie nor a query parameter. */
const BEARER = /^bearer +(\S{1,200})$/i;

/**
 * Returns the token of a request.
 *
 * @throws {ApiError} `token_missing`, `token_invalid`
 */
export async function authenticate(
  tokens: Pick<ApiTokens, 'find' | 'markUsed'>,
  request: Request,
): Promise<ApiToken> {
  const text = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (text === undefined) {
    throw new ApiError('token_missing', 'there is no header Authorization: Bearer <token>', {
      headers: { 'www-authenticate': CHALLENGE },
    });
  }
  const token = await tokens.find(text);
  if (!token) {
    throw new ApiError('token_invalid', 'the token does not exist, or was revoked', {
      headers: { 'www-authenticate': `${CHALLENGE}, error="invalid_token"` },
    });
  }
  await tokens.markUsed(token);
  return token;
}

/** RFC 6750, 3. */
const CHALLENGE = 'Bearer realm="optout-sync"';

/** @throws {ApiError} `scope_missing` */
export function requireScope({ name, scopes }: Pick<ApiToken, 'name' | 'scopes'>, scope: ApiScope): void {
  if (scopes.includes(scope)) return;
  throw new ApiError('scope_missing', `the token ${name} lacks the scope ${scope}`, {
    headers: { 'www-authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scope}"` },
  });
}
