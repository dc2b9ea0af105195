import { isUtf8, type Buffer } from 'node:buffer';
import { parse } from 'node:querystring';
import type { Params, WebhookRequest } from './receiver';
import { WebhookError } from './webhook-error';

/** A form as it came: its parameters, and the text they were read from, byte for byte; empty for a GET. */
export interface Form {
  readonly params: Params;
  readonly body: string;
}

/** Twilio sends a few dozen. Sorting what fits into 64 kB would hold everybody up for 50 ms. */
const MAX_PARAMS = 1_000;

/**
 * What stands in the body, or in the query of a GET. Decoded as Twilio signs it: names and values as they are, empty
 * ones included, a repeated name as a list. Throws a Refusal.
 */
export async function readForm(request: WebhookRequest, limitBytes: number): Promise<Form> {
  const text = await readFormText(request, limitBytes);
  return { params: parseForm(text), body: request.method === 'GET' ? '' : text };
}

/** A form not parsed yet: the body, or the query of a GET. */
export async function readFormText(request: WebhookRequest, limitBytes: number): Promise<string> {
  return request.method === 'GET' ? queryOf(request.url) : utf8(await request.readBody(limitBytes));
}

/** Without the question mark; empty when there is none. */
export function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

/** The text of a body. Throws a Refusal when it is not UTF-8, so that the text is as good as the bytes. */
export function utf8(body: Buffer): string {
  if (!isUtf8(body)) throw new WebhookError('malformed_body');
  return body.toString('utf8');
}

/** Throws a Refusal for more parameters than Twilio would ever send. */
export function parseForm(text: string): Params {
  if (text.split('&', MAX_PARAMS + 1).length > MAX_PARAMS) throw new WebhookError('too_many_parameters');
  const params = parse(text, '&', '=', { maxKeys: 0 });
  // Not Object.entries(), which takes as long as the parsing.
  for (const name in params) {
    const value = params[name];
    // The validator knows a list by `instanceof Array`, and Node's are none in a realm of its own, such as a test's.
    if (Array.isArray(value)) params[name] = Array.from(value);
  }
  return params;
}
