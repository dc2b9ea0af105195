import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { sendRequest, type TwilioAnswer } from './http-request';
import { encodeParams, type TwilioParams } from './params';
import { signForm, signGet, signJson } from './signature';

interface Delivery {
  /** The URL configured at Twilio, which is signed. */
  url: string;
  authToken: string;
  /** Added to Twilio's own headers, or replacing them. */
  headers?: Record<string, string>;
  /** Replaces the valid signature; null sends none. */
  signature?: string | null;
  /** Where the request is sent, if not to `url`. Its path and query replace those of `url`. */
  connectUrl?: string;
  timeoutMs?: number;
  /** The certificate authority to trust instead of the well-known ones, in PEM. */
  ca?: string;
}

export interface TwilioWebhook extends Delivery {
  params: TwilioParams;
  /** Default POST. A GET has the parameters in its signed URL. */
  method?: 'GET' | 'POST';
}

export interface TwilioJson extends Delivery {
  /** A string is signed and sent unchanged, anything else as JSON. */
  body: unknown;
}

/** Delivers a webhook once, as Twilio does. @throws {Error} when no complete response arrives in time */
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

/** Delivers JSON once, as Event Streams does. @throws {Error} when no complete response arrives in time */
export function sendTwilioJson(delivery: TwilioJson): Promise<TwilioAnswer> {
  const { url, authToken, connectUrl = url } = delivery;
  const body = typeof delivery.body === 'string' ? delivery.body : JSON.stringify(delivery.body);
  const signed = signJson({ url, body, authToken });
  const target = withQuery(connectUrl, signed.url.slice(signed.url.lastIndexOf('bodySHA256=')));
  return deliver(delivery, 'POST', target, signed.signature, { 'content-type': 'application/json' }, body);
}

function deliver(
  { headers, signature: override, timeoutMs, ca }: Delivery,
  method: 'GET' | 'POST',
  url: string,
  signature: string,
  typeHeaders: Record<string, string>,
  body: string,
): Promise<TwilioAnswer> {
  return sendRequest({
    method,
    url,
    timeoutMs,
    ca,
    body,
    headers: {
      ...typeHeaders,
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'TwilioProxy/1.1',
      accept: '*/*',
      'i-twilio-idempotency-token': randomUUID(),
      'x-home-region': 'us1',
      ...(override !== null && { 'x-twilio-signature': override ?? signature }),
      ...headers,
    },
  });
}

function withQuery(url: string, query: string): string {
  const base = url.split('#', 1)[0] ?? url;
  return `${base}${base.includes('?') ? '&' : '?'}${query}`;
}
