// This file, not the package's root: the root loads every Twilio API, which takes 30 times as long and 30 MB.
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Account } from './account';
import type { Params, WebhookRequest } from './request';
import { WebhookError } from './webhook-error';

/** The Base64 form of an HMAC-SHA1. Any other text is rejected without computing an HMAC. */
const WELL_FORMED = /^[A-Za-z0-9+/]{27}=$/;

/**
 * Twilio adds it where a rule of the account lets a SharedKey sign in place of the auth token
 * (https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys). Only auth tokens are accepted here; the log names the cause.
 */
const SHARED_KEY_HEADER = 'x-twilio-webhooks-signature-settings';

/** @throws {WebhookError} `missing_signature` when there is no well-formed signature */
export function signatureOf({ headers }: WebhookRequest): string {
  const signature = headers['x-twilio-signature'];
  if (typeof signature === 'string' && WELL_FORMED.test(signature)) return signature;
  throw new WebhookError('missing_signature');
}

/**
 * Checks that a request is signed with one of the accounts' tokens. The signature covers the URL that Twilio called and
 * every parameter of a form in the body (https://www.twilio.com/docs/usage/security). The URL already contains the
 * parameters of a GET and the hash of a JSON body. Returns the accounts whose token signed the request.
 *
 * @throws {WebhookError} `missing_signature` or `bad_signature`
 */
export function checkSignature<Signer extends Account>(
  request: WebhookRequest,
  formInBody: Params,
  accounts: readonly Signer[],
  publicUrl: string | undefined,
): Signer[] {
  const signature = signatureOf(request);
  const url = calledUrl(request, publicUrl);
  // Twilio signs the URL with or without the user name and password in it.
  const forms = [...new Set([url, withoutUser(url)])];
  const signed = request.method === 'GET' ? {} : formInBody;
  const signers = accounts.filter(({ tokens }) =>
    tokens.some((token) => forms.some((form) => isValid(token, signature, form, signed))),
  );
  if (signers.length > 0) return signers;
  throw new WebhookError('bad_signature', {
    checkedAgainst: withoutSecrets(url),
    ...(request.headers[SHARED_KEY_HEADER] !== undefined && { signedWith: 'shared_key' }),
  });
}

/** The URL that Twilio called, without its fragment. */
export function calledUrl(request: WebhookRequest, publicUrl: string | undefined): string {
  return (publicUrl ?? request.baseUrl) + request.url;
}

function isValid(token: string, signature: string, url: string, params: Params): boolean {
  try {
    return validateRequest(token, signature, url, params);
  } catch {
    // It throws on an invalid URL, for instance from a malformed Host header. Twilio cannot have signed one.
    return false;
  }
}

/** The Host header comes from anybody, so no more than this goes into a log line. */
const LOGGED_LENGTH = 255;

/** For an operator to compare with the webhook URL at Twilio: without the query (it holds the message) and the password. */
const withoutSecrets = (url: string): string =>
  withoutUser(url.replace(/\?.*$/s, '')).slice(0, LOGGED_LENGTH);

const withoutUser = (url: string): string => url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1');

/** Whether a request has a bearer token, valid or not (RFC 6750). */
export const hasBearerToken = ({ headers }: WebhookRequest): boolean =>
  /^bearer /i.test(headers.authorization ?? '');

/**
 * Checks that the bearer token is one of `tokens`. Compares it with all of them, each in constant time.
 *
 * @throws {WebhookError} `bad_token`
 */
export function checkBearerToken(request: WebhookRequest, tokens: readonly string[]): void {
  findByBearerToken(
    request,
    tokens.map((token) => ({ tokens: [token] })),
  );
}

/**
 * Returns the first of `holders` that has the request's bearer token. Compares it with all tokens, each in constant time.
 *
 * @throws {WebhookError} `bad_token`
 */
export function findByBearerToken<Holder extends { readonly tokens: readonly string[] }>(
  request: WebhookRequest,
  holders: readonly Holder[],
): Holder {
  const { authorization = '' } = request.headers;
  const given = digest(hasBearerToken(request) ? authorization.slice('bearer '.length).trim() : '');
  const [holder] = holders.filter(
    ({ tokens }) => tokens.filter((token) => timingSafeEqual(digest(token), given)).length > 0,
  );
  if (!holder) throw new WebhookError('bad_token');
  return holder;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
