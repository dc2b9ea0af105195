import { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { queryOf, utf8 } from './form';
import type { WebhookRequest } from './receiver';
import { WebhookError } from './webhook-error';

/**
 * Lets pass a body whose hash stands in the URL. With JSON the signature covers the URL alone, and the URL the body by
 * `bodySHA256`, in hexadecimal (https://www.twilio.com/docs/usage/security): both must hold.
 */
export function checkBodyHash({ url }: WebhookRequest, body: Buffer): void {
  const hash = new URLSearchParams(queryOf(url)).get('bodySHA256') ?? '';
  const given = Buffer.from(hash.toLowerCase());
  const actual = Buffer.from(createHash('sha256').update(body).digest('hex'));
  if (given.length !== actual.length || !timingSafeEqual(given, actual)) {
    throw new WebhookError('bad_signature', { bodySHA256: given.length === 0 ? 'missing' : 'wrong' });
  }
}

/** A parser may pass over it (RFC 8259, 8.1). */
const BYTE_ORDER_MARK = /^\uFEFF/;

/** What a JSON body holds. Throws a Refusal when it is none. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8(body).replace(BYTE_ORDER_MARK, '')) as unknown;
  } catch (error) {
    if (error instanceof WebhookError) throw error;
    // Without the cause: its message quotes the body.
    throw new WebhookError('malformed_body');
  }
}
