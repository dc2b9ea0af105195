import { createHash } from 'node:crypto';

/** Crockford's base 32. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 26;

/**
 * Returns a ULID that is the same for the same time and text: its random part is a hash (https://github.com/ulid/spec).
 *
 * @param at in ms since 1970
 */
export function derivedUlid(at: number, text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 20);
  let value = (BigInt(at) << 80n) | BigInt(`0x${hash}`);
  let ulid = '';
  while (ulid.length < LENGTH) {
    ulid = (DIGITS[Number(value & 31n)] ?? '') + ulid;
    value >>= 5n;
  }
  return ulid;
}
