import type { WebhookRequest } from './request';
import { WebhookError } from './webhook-error';

/** The limit of a webhook's body, or of the URL of a GET. Twilio's messages are far smaller. */
export const SIZE_LIMIT_BYTES = 64 * 1024;

/**
 * The limit of the URL of any other request: yours at Twilio, and the hash of a JSON body. Comparing a signature takes time in
 * proportion to it, for each token.
 */
const URL_LIMIT_BYTES = 8 * 1024;

/**
 * The limit of an Event Streams batch: 1,000 messages of 1,600 characters, each escaped in 6 bytes, and room for the other
 * fields.
 */
export const BATCH_LIMIT_BYTES = 16 * 1024 * 1024;

/** The limit of a request with changed people: 1,000 of them, with some hundred bytes for each. */
export const PEOPLE_LIMIT_BYTES = 1024 * 1024;

/** The limit of a request with opt-outs: 1,000 of them, with a kilobyte for each. */
export const OPTOUTS_LIMIT_BYTES = 1024 * 1024;

export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json';

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i;

/** Whether a text is `host` or `host:port`. */
export function isHost(text: string): boolean {
  const match = HOST.exec(text);
  return match !== null && Number(match[1] ?? 0) <= 65_535;
}

/**
 * Checks the Host header, which a client of HTTP/1.0 may leave out (RFC 9112, 3.2).
 *
 * @throws {WebhookError} `malformed_host`
 */
export function checkHost({ headers: { host } }: WebhookRequest): void {
  if (host !== undefined && !isHost(host)) throw new WebhookError('malformed_host');
}

/** @throws {WebhookError} `method_not_allowed` */
export function checkMethod({ method }: WebhookRequest, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  throw new WebhookError('method_not_allowed', {}, { headers: { allow: allowed.join(', ') } });
}

/**
 * Checks the size of the URL and the announced size of the body, before a byte is read. `readBody` enforces the limit when no
 * size is announced.
 *
 * @throws {WebhookError} `body_too_large`
 */
export function checkSize({ method, url, headers }: WebhookRequest, limitBytes: number): void {
  const isGet = method === 'GET';
  const bodySize = isGet ? 0 : Number(headers['content-length'] ?? 0);
  const urlLimit = isGet ? limitBytes : URL_LIMIT_BYTES;
  if (bodySize > limitBytes || url.length > urlLimit) throw new WebhookError('body_too_large');
}

/** @throws {WebhookError} `unsupported_media_type`, also for a compressed body */
export function checkContentType(request: WebhookRequest, allowed: readonly string[]): void {
  if (request.method === 'GET') return;
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (!allowed.includes(mediaType(request)) || encoding.toLowerCase() !== 'identity') {
    throw new WebhookError('unsupported_media_type');
  }
}

/** The content type without its parameters, in lower case. Empty without one. */
export function mediaType({ headers }: WebhookRequest): string {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}
