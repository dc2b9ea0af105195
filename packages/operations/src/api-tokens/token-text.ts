import { createHash, randomBytes } from 'node:crypto';

/** Names are in audit entries and in the token itself, which separates its parts by underscores. */
export const TOKEN_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** 256 bits in base64url. The prefix lets scanners of secrets recognise a token in a place where it does not belong. */
const TOKEN = /^oss_([a-z0-9][a-z0-9-]{0,39})_[\w-]{43}$/;
const SECRET_BYTES = 32;

/** Returns a new token, such as `oss_crm_...`. */
export function newToken(name: string): string {
  return `oss_${name}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Returns the name in a token; `undefined` for a text that is no token. */
export function nameIn(token: string): string | undefined {
  return TOKEN.exec(token)?.[1];
}

/** What is stored in place of a token. A plain hash is enough for 256 random bits: nobody can try them all. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
