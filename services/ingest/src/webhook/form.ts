import { isUtf8, type Buffer } from 'node:buffer';
import { parse } from 'node:querystring';
import type { Params, WebhookRequest } from './request';
import { WebhookError } from './webhook-error';

export interface Form {
  readonly params: Params;
  /** The text that the parameters were parsed from, byte for byte as received. Empty for a GET. */
  readonly body: string;
}

/** Twilio sends a few dozen. Sorting as many as fit into 64 kB would block the event loop for 50 ms. */
const MAX_PARAMS = 1_000;

/**
 * Reads the form in the body, or in the query of a GET. Decodes it as Twilio signs it: names and values unchanged, empty
 * values included, a repeated name as a list.
 *
 * @throws {WebhookError} when the body cannot be read, is not UTF-8 or has too many parameters
 */
export async function readForm(request: WebhookRequest, limitBytes: number): Promise<Form> {
  const text = await readFormText(request, limitBytes);
  return { params: parseForm(text), body: request.method === 'GET' ? '' : text };
}

/**
 * Reads a form without parsing it: the body, or the query of a GET.
 *
 * @throws {WebhookError} when the body cannot be read or is not UTF-8
 */
export async function readFormText(request: WebhookRequest, limitBytes: number): Promise<string> {
  return request.method === 'GET' ? queryOf(request.url) : utf8(await request.readBody(limitBytes));
}

/** The query without its question mark, empty when there is none. */
export function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

/**
 * Decodes a body, so that the text is equivalent to the bytes.
 *
 * @throws {WebhookError} `malformed_body` when it is not UTF-8
 */
export function utf8(body: Buffer): string {
  if (!isUtf8(body)) throw new WebhookError('malformed_body');
  return body.toString('utf8');
}

/** @throws {WebhookError} `too_many_parameters` */
export function parseForm(text: string): Params {
  if (text.split('&', MAX_PARAMS + 1).length > MAX_PARAMS) throw new WebhookError('too_many_parameters');
  const params = parse(text, '&', '=', { maxKeys: 0 });
  // Object.entries() would take as long as the parsing.
  for (const name in params) {
    const value = params[name];
    // Twilio's validator detects lists by `instanceof Array`, which fails for Node's in another realm, such as a Jest test's.
    if (Array.isArray(value)) params[name] = Array.from(value);
  }
  return params;
}
