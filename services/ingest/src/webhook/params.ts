import { isUtf8 } from 'node:buffer';
import { parse } from 'node:querystring';
import { SIZE_LIMIT_BYTES } from './envelope';
import { Refusal } from './refusal';
import type { Params, WebhookRequest } from './request';

/**
 * What stands in the body, or in the query of a GET. Decoded as Twilio signs it: names and values as they are, empty
 * ones included, a repeated name as a list, in any number (the size bounds it).
 */
export async function readParams(request: WebhookRequest): Promise<Params> {
  if (request.method === 'GET') return parseForm(query(request.url));
  const body = await request.readBody(SIZE_LIMIT_BYTES);
  if (!isUtf8(body)) throw new Refusal('malformed_body');
  return parseForm(body.toString('utf8'));
}

function query(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

function parseForm(text: string): Params {
  const params = parse(text, '&', '=', { maxKeys: 0 });
  for (const [name, value] of Object.entries(params)) {
    // The validator knows a list by `instanceof Array`, and Node's are none in a realm of its own, such as a test's.
    if (Array.isArray(value)) params[name] = Array.from(value);
  }
  return params;
}
