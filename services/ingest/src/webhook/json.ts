import { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { queryOf, utf8 } from './form';
import type { WebhookRequest } from './request';
import { WebhookError } from './webhook-error';

/**
 * Checks that the URL's `bodySHA256` is the body's SHA-256 in hexadecimal. The signature of a JSON request covers only the
 * URL, and this hash extends it to the body (https://www.twilio.com/docs/usage/security): both must be valid.
 *
 * @throws {WebhookError} `bad_signature`
 */
export function checkBodyHash({ url }: WebhookRequest, body: Buffer): void {
  const hash = new URLSearchParams(queryOf(url)).get('bodySHA256') ?? '';
  const given = Buffer.from(hash.toLowerCase());
  const actual = Buffer.from(createHash('sha256').update(body).digest('hex'));
  if (given.length !== actual.length || !timingSafeEqual(given, actual)) {
    throw new WebhookError('bad_signature', { bodySHA256: given.length === 0 ? 'missing' : 'wrong' });
  }
}

/** A parser may ignore it (RFC 8259, 8.1). */
const BYTE_ORDER_MARK = /^\uFEFF/;

/** @throws {WebhookError} `malformed_body` when the body is not JSON in UTF-8 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8(body).replace(BYTE_ORDER_MARK, '')) as unknown;
  } catch (error) {
    if (error instanceof WebhookError) throw error;
    // Without the cause: its message quotes the body.
    throw new WebhookError('malformed_body');
  }
}
