import { Refusal } from './refusal';
import type { WebhookRequest } from './request';

/** What a webhook may weigh: its body, or the URL of a GET. Twilio's messages stay far below. */
export const SIZE_LIMIT_BYTES = 64 * 1024;

const FORM = 'application/x-www-form-urlencoded';

export function checkMethod({ method }: WebhookRequest): void {
  if (method !== 'POST' && method !== 'GET') throw new Refusal('method_not_allowed');
}

/** Refuses by what was announced, before a byte is read; `readBody` holds the limit for what was not announced. */
export function checkSize({ method, url, headers }: WebhookRequest): void {
  const size = method === 'GET' ? url.length : Number(headers['content-length'] ?? 0);
  if (size > SIZE_LIMIT_BYTES) throw new Refusal('body_too_large');
}

export function checkContentType({ method, headers }: WebhookRequest): void {
  if (method === 'GET') return;
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  const encoding = headers['content-encoding'] ?? 'identity';
  if (type.trim().toLowerCase() !== FORM || encoding.toLowerCase() !== 'identity') {
    throw new Refusal('unsupported_media_type');
  }
}
