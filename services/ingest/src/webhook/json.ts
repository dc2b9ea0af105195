import { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Pause } from '@optout-sync/shared/event-streams';
import { queryOf, utf8 } from './form';
import type { WebhookRequest } from './request';
import { WebhookError } from './webhook-error';

/** Bytes hashed at once: some milliseconds. */
const HASHED_AT_ONCE = 1024 * 1024;

/**
 * Checks that the URL's `bodySHA256` is the body's SHA-256 in hexadecimal. The signature of a JSON request covers only the
 * URL, and this hash extends it to the body (https://www.twilio.com/docs/usage/security): both must be valid.
 *
 * @returns the hash, in lower case
 * @throws {WebhookError} `bad_signature`
 */
export async function checkBodyHash(
  { url }: WebhookRequest,
  body: Buffer,
  pause: Pause = () => undefined,
): Promise<string> {
  const hash = createHash('sha256');
  for (let start = 0; start < body.length; start += HASHED_AT_ONCE) {
    hash.update(body.subarray(start, start + HASHED_AT_ONCE));
    await pause();
  }
  const actual = hash.digest('hex');
  const given = Buffer.from((new URLSearchParams(queryOf(url)).get('bodySHA256') ?? '').toLowerCase());
  if (given.length !== actual.length || !timingSafeEqual(given, Buffer.from(actual))) {
    throw new WebhookError('bad_signature', { bodySHA256: given.length === 0 ? 'missing' : 'wrong' });
  }
  return actual;
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
