// The file itself: the package's root loads every Twilio API, which takes 30 times as long and 30 MB.
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import type { Account } from '../config/config';
import { Refusal } from './refusal';
import type { Params, WebhookRequest } from './request';

/** Base64 of an HMAC-SHA1: what looks different costs no HMAC. */
const WELL_FORMED = /^[A-Za-z0-9+/]{27}=$/;

/**
 * Lets pass what was signed with one of the account's tokens, over the URL as Twilio called it and every parameter
 * (https://www.twilio.com/docs/usage/security). Those of a GET stand in the URL already.
 */
export function checkSignature(
  request: WebhookRequest,
  params: Params,
  account: Account,
  publicUrl: string | undefined,
): void {
  const signature = request.headers['x-twilio-signature'];
  if (typeof signature !== 'string' || !WELL_FORMED.test(signature)) throw new Refusal('missing_signature');
  const url = (publicUrl ?? request.baseUrl) + request.url;
  const signed = request.method === 'GET' ? {} : params;
  if (!account.tokens.some((token) => isValid(token, signature, url, signed))) {
    throw new Refusal('bad_signature', { checkedAgainst: withoutSecrets(url) });
  }
}

function isValid(token: string, signature: string, url: string, params: Params): boolean {
  try {
    return validateRequest(token, signature, url, params);
  } catch {
    // It throws on what is no URL, a Host header of rubbish for instance: nothing Twilio could have signed.
    return false;
  }
}

/** What an operator compares with the webhook's URL at Twilio: no query (it holds the message), no password. */
const withoutSecrets = (url: string): string => url.replace(/\?.*$/s, '').replace(/\/\/[^/]*@/, '//');
