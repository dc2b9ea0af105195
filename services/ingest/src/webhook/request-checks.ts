import type { WebhookRequest } from './receiver';
import { WebhookError } from './webhook-error';

/** What a webhook may weigh: its body, or the URL of a GET. Twilio's messages stay far below. */
export const SIZE_LIMIT_BYTES = 64 * 1024;

/** What a batch of Event Streams may weigh: 1,000 messages of 1,600 characters, each escaped in 6 bytes, and room for the rest. */
export const BATCH_LIMIT_BYTES = 16 * 1024 * 1024;

export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json';

export function checkMethod({ method }: WebhookRequest, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  throw new WebhookError('method_not_allowed', {}, { headers: { allow: allowed.join(', ') } });
}

/** Refuses by what was announced, before a byte is read; `readBody` holds the limit for what was not announced. */
export function checkSize({ method, url, headers }: WebhookRequest, limitBytes: number): void {
  const size = method === 'GET' ? url.length : Number(headers['content-length'] ?? 0);
  if (size > limitBytes) throw new WebhookError('body_too_large');
}

export function checkContentType(request: WebhookRequest, allowed: readonly string[]): void {
  if (request.method === 'GET') return;
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (!allowed.includes(mediaType(request)) || encoding.toLowerCase() !== 'identity') {
    throw new WebhookError('unsupported_media_type');
  }
}

/** The content type without its parameters, in lower case; empty without one. */
export function mediaType({ headers }: WebhookRequest): string {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase();
}
