import { Buffer } from 'node:buffer';
import { signForm, signGet, twilioMessage } from '@optout-sync/twilio-simulator';
import { WEBHOOK_PATHS } from '@optout-sync/shared/domain';
import type { WebhookRequest } from '../webhook/request';
import { TOKEN } from './keys';

export const BASE_URL = 'https://optout.example.com';

type Values = Readonly<Record<string, string | readonly string[]>>;

export function encode(params: Values): string {
  const form = new URLSearchParams();
  for (const [name, values] of Object.entries(params)) {
    for (const value of [values].flat()) form.append(name, value);
  }
  return form.toString();
}

/** A signed POST of a form. `changes` are made after signing. */
export function signedPost(
  params: Values = twilioMessage(),
  changes: Partial<WebhookRequest> = {},
  path: string = WEBHOOK_PATHS.messages,
): WebhookRequest {
  const signature = signForm({ url: BASE_URL + path, params, authToken: TOKEN });
  return {
    method: 'POST',
    url: path,
    baseUrl: BASE_URL,
    clientAddress: '127.0.0.1',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    readBody: () => Promise.resolve(Buffer.from(encode(params))),
    ...changes,
  };
}

/** A signed GET, with its parameters in the URL. `changes` are made after signing. */
export function signedGet(
  params: Values = twilioMessage(),
  changes: Partial<WebhookRequest> = {},
): WebhookRequest {
  const url = `${WEBHOOK_PATHS.messages}?${encode(params)}`;
  return {
    method: 'GET',
    url,
    baseUrl: BASE_URL,
    clientAddress: '127.0.0.1',
    headers: { 'x-twilio-signature': signGet({ url: BASE_URL + url, authToken: TOKEN }) },
    readBody: () => Promise.reject(new Error('a GET has no body to read')),
    ...changes,
  };
}
