import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { request, type TwilioAnswer } from './http-request';
import { encodeParams, type TwilioParams } from './params';
import { signForm, signGet, signJson } from './signature';

interface Delivery {
  /** As Twilio was told to call it: this is what is signed. */
  url: string;
  authToken: string;
  /** Added to Twilio's own, or in their place. */
  headers?: Record<string, string>;
  /** Sent in place of the right one; null sends none. */
  signature?: string | null;
  /** Where it is really sent, when `url` is public. Its path and query take the place of those of `url`. */
  connectUrl?: string;
  timeoutMs?: number;
}

export interface TwilioWebhook extends Delivery {
  params: TwilioParams;
  /** A GET has the parameters in its signed URL. Default POST. */
  method?: 'GET' | 'POST';
}

export interface TwilioJson extends Delivery {
  /** Signed and sent as it is; anything but a string as its JSON. */
  body: unknown;
}

/** Delivers a webhook as Twilio does, once. @throws when no whole answer comes in time */
export function sendTwilioWebhook(webhook: TwilioWebhook): Promise<TwilioAnswer> {
  const { url, params, authToken, method = 'POST', connectUrl = url } = webhook;
  const form = encodeParams(params);
  if (method === 'GET') {
    const signed = withQuery(url, form);
    return deliver(webhook, 'GET', withQuery(connectUrl, form), signGet({ url: signed, authToken }), {}, '');
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  return deliver(webhook, 'POST', connectUrl, signForm({ url, params, authToken }), headers, form);
}

/** Delivers JSON as Event Streams does, once. @throws when no whole answer comes in time */
export function sendTwilioJson(delivery: TwilioJson): Promise<TwilioAnswer> {
  const { url, authToken, connectUrl = url } = delivery;
  const body = typeof delivery.body === 'string' ? delivery.body : JSON.stringify(delivery.body);
  const signed = signJson({ url, body, authToken });
  const target = withQuery(connectUrl, signed.url.slice(signed.url.lastIndexOf('bodySHA256=')));
  return deliver(delivery, 'POST', target, signed.signature, { 'content-type': 'application/json' }, body);
}

function deliver(
  { headers, signature: given, timeoutMs }: Delivery,
  method: 'GET' | 'POST',
  url: string,
  signature: string,
  typeHeaders: Record<string, string>,
  body: string,
): Promise<TwilioAnswer> {
  return request({
    method,
    url,
    timeoutMs,
    body,
    headers: {
      ...typeHeaders,
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'TwilioProxy/1.1',
      accept: '*/*',
      'i-twilio-idempotency-token': randomUUID(),
      'x-home-region': 'us1',
      ...(given !== null && { 'x-twilio-signature': given ?? signature }),
      ...headers,
    },
  });
}

function withQuery(url: string, query: string): string {
  const bare = url.split('#', 1)[0] ?? url;
  return `${bare}${bare.includes('?') ? '&' : '?'}${query}`;
}
