import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import type { TwilioParams } from './params';

/**
 * Twilio's signatures, written from its documentation and not with its library, so that a test of the receiving side
 * is not checked against itself. The fragment of a URL (`#rc=5`) is not signed.
 */
interface Signed {
  /** As Twilio was told to call it, unchanged. */
  url: string;
  authToken: string;
}

/** Of a form post: the URL, then each name and value, by name in byte order, repeated values sorted and once each. */
export function signForm({ url, params, authToken }: Signed & { params: TwilioParams }): string {
  const fields = Object.entries(params)
    .sort(([a], [b]) => inByteOrder(a, b))
    .flatMap(([name, value]) => [...new Set([value].flat())].sort(inByteOrder).map((each) => name + each));
  return hmac(authToken, withoutFragment(url) + fields.join(''));
}

/** Of a GET: the parameters are in the URL already. */
export function signGet({ url, authToken }: Signed): string {
  return hmac(authToken, withoutFragment(url));
}

/** Of a JSON post: `bodySHA256` of the raw body is added to the URL, which alone is signed. */
export function signJson({ url, body, authToken }: Signed & { body: string | Buffer }): {
  url: string;
  signature: string;
} {
  const bare = withoutFragment(url);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const signedUrl = `${bare}${bare.includes('?') ? '&' : '?'}bodySHA256=${sha256}`;
  return { url: signedUrl, signature: hmac(authToken, signedUrl) };
}

const hmac = (authToken: string, text: string) =>
  createHmac('sha1', authToken).update(text, 'utf8').digest('base64');

const inByteOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const withoutFragment = (url: string) => url.split('#', 1)[0] ?? url;
