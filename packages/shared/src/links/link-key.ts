import { Buffer } from 'node:buffer';
import { hkdfSync } from 'node:crypto';
import { z } from 'zod';

const LEAST_BYTES = 32;

const ENCODINGS = [
  { form: /^(?:[0-9a-f]{2})+$/i, encoding: 'hex' },
  { form: /^[\w+/-]+={0,2}$/, encoding: 'base64' },
] as const;

/**
 * The key that seals one-click links: at least 32 random bytes, in hexadecimal or base64. Parsing returns a key of AES-256, derived
 * for this purpose alone (HKDF, RFC 5869).
 */
export const LinkKey = z.string().transform((text, context): Buffer => {
  const encoding = ENCODINGS.find(({ form }) => form.test(text))?.encoding;
  const bytes = Buffer.from(encoding === undefined ? '' : text, encoding);
  if (bytes.length >= LEAST_BYTES) return Buffer.from(hkdfSync('sha256', bytes, '', 'optout-sync link', 32));
  context.addIssue(
    'must be at least 32 random bytes in base64 or hexadecimal, such as those of openssl rand -base64 32',
  );
  return z.NEVER;
});
