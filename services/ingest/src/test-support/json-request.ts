import { Buffer } from 'node:buffer';
import { signJson } from '@optout-sync/twilio-simulator';
import type { WebhookRequest } from '../webhook/request';
import { BASE_URL } from './form-request';
import { TOKEN } from './keys';

/** A signed POST of JSON. `changes` are made after signing. */
export function signedJson(
  path: string,
  content: unknown,
  changes: Partial<WebhookRequest> & { readonly authToken?: string } = {},
): WebhookRequest {
  const { authToken = TOKEN, ...rest } = changes;
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  const { url, signature } = signJson({ url: BASE_URL + path, body, authToken });
  return {
    method: 'POST',
    url: url.slice(BASE_URL.length),
    baseUrl: BASE_URL,
    clientAddress: '127.0.0.1',
    headers: { 'content-type': 'application/json', 'x-twilio-signature': signature },
    readBody: () => Promise.resolve(Buffer.from(body)),
    ...rest,
  };
}
