// The file itself: the package's root loads every Twilio API, which takes 30 times as long and 30 MB.
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Account } from '../config/config';
import type { Params, WebhookRequest } from './receiver';
import { WebhookError } from './webhook-error';

/** Base64 of an HMAC-SHA1: what looks different costs no HMAC. */
const WELL_FORMED = /^[A-Za-z0-9+/]{27}=$/;

/** The signature a request came with. Throws a Refusal when there is none that could be one. */
export function signatureOf({ headers }: WebhookRequest): string {
  const signature = headers['x-twilio-signature'];
  if (typeof signature === 'string' && WELL_FORMED.test(signature)) return signature;
  throw new WebhookError('missing_signature');
}

/**
 * Lets pass what was signed with one of the accounts' tokens, over the URL as Twilio called it and every parameter of a
 * form in the body (https://www.twilio.com/docs/usage/security). Those of a GET stand in the URL already, and so does
 * the hash of a JSON body. Returns the accounts that signed it: those whose token it is.
 */
export function checkSignature<Signer extends Account>(
  request: WebhookRequest,
  formInBody: Params,
  accounts: readonly Signer[],
  publicUrl: string | undefined,
): Signer[] {
  const signature = signatureOf(request);
  const url = calledUrl(request, publicUrl);
  const signed = request.method === 'GET' ? {} : formInBody;
  const signers = accounts.filter(({ tokens }) =>
    tokens.some((token) => isValid(token, signature, url, signed)),
  );
  if (signers.length > 0) return signers;
  throw new WebhookError('bad_signature', { checkedAgainst: withoutSecrets(url) });
}

/** The URL as Twilio called it, without its fragment. */
export function calledUrl(request: WebhookRequest, publicUrl: string | undefined): string {
  return (publicUrl ?? request.baseUrl) + request.url;
}

function isValid(token: string, signature: string, url: string, params: Params): boolean {
  try {
    return validateRequest(token, signature, url, params);
  } catch {
    // It throws on what is no URL, a Host header of rubbish for instance: nothing Twilio could have signed.
    return false;
  }
}

/** Of a Host header that anybody may send, no more than this is worth a log line. */
const LOGGED_LENGTH = 255;

/** What an operator compares with the webhook's URL at Twilio: no query (it holds the message), no password. */
const withoutSecrets = (url: string): string =>
  url
    .replace(/\?.*$/s, '')
    .replace(/\/\/[^/]*@/, '//')
    .slice(0, LOGGED_LENGTH);

/** Whether a request comes with a bearer token, of ours or not (RFC 6750). */
export const hasBearerToken = ({ headers }: WebhookRequest): boolean =>
  /^bearer /i.test(headers.authorization ?? '');

/** Lets pass who knows one of our tokens. All are compared, each in constant time. */
export function checkBearerToken({ headers }: WebhookRequest, tokens: readonly string[]): void {
  const given = digest((headers.authorization ?? '').slice('bearer '.length).trim());
  const matches = tokens.filter((token) => timingSafeEqual(digest(token), given));
  if (matches.length === 0) throw new WebhookError('bad_token');
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
