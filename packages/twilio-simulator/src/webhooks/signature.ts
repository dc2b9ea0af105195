import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import type { TwilioParams } from './params';

/**
 * Twilio's signatures (https://www.twilio.com/docs/usage/security#validating-requests), implemented from the documentation
 * and not with Twilio's library, so that tests of the receiving side do not check that library against itself. The fragment
 * of a URL (`#rc=5`) is not signed.
 */
interface Signed {
  /** The URL configured at Twilio, unchanged. */
  url: string;
  authToken: string;
}

/**
 * Signs a form post: the URL, then each name and value, sorted by name in byte order; values of a repeated name are sorted
 * and deduplicated.
 */
export function signForm({ url, params, authToken }: Signed & { params: TwilioParams }): string {
  const fields = Object.entries(params)
    .sort(([a], [b]) => inByteOrder(a, b))
    .flatMap(([name, value]) => [...new Set([value].flat())].sort(inByteOrder).map((each) => name + each));
  return hmac(authToken, withoutFragment(url) + fields.join(''));
}

/** Signs a GET, whose parameters are in the URL already. */
export function signGet({ url, authToken }: Signed): string {
  return hmac(authToken, withoutFragment(url));
}

/** Signs a JSON post: `bodySHA256` of the raw body is added to the URL, and only the URL is signed. */
export function signJson({ url, body, authToken }: Signed & { body: string | Buffer }): {
  url: string;
  signature: string;
} {
  const base = withoutFragment(url);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const signedUrl = `${base}${base.includes('?') ? '&' : '?'}bodySHA256=${sha256}`;
  return { url: signedUrl, signature: hmac(authToken, signedUrl) };
}

const hmac = (authToken: string, text: string) =>
  createHmac('sha1', authToken).update(text, 'utf8').digest('base64');

const inByteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const withoutFragment = (url: string) => url.split('#', 1)[0] ?? url;
