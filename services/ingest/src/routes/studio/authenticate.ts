import { knownAccount, onlyAccount, type Accounts, type VerificationKeys } from '../../webhook/account';
import { parseForm, queryOf, utf8 } from '../../webhook/form';
import { checkBodyHash, parseJson } from '../../webhook/json';
import type { Params, WebhookRequest } from '../../webhook/request';
import {
  FORM,
  JSON_TYPE,
  SIZE_LIMIT_BYTES,
  checkContentType,
  checkMethod,
  checkSize,
  mediaType,
} from '../../webhook/request-checks';
import { checkBearerToken, checkSignature, hasBearerToken, signatureOf } from '../../webhook/signature';
import { isAmbiguous, signedDigest } from '../../webhook/signed-pairs';

export interface StudioKeys extends VerificationKeys {
  /** Bearer tokens of callers whose requests Twilio does not sign. */
  readonly studioTokens: readonly string[];
}

/** A verified call. Its parameters have their names here, whatever spelling the caller used. */
export interface StudioCall {
  readonly params: Readonly<Record<string, unknown>>;
  readonly accountSid: string;
  /** Of a form that Twilio signed: see `signedDigest`. */
  readonly signed?: string;
  /** Whether the signed text may be that of another request. */
  readonly isAmbiguous?: boolean;
}

/**
 * Authenticates a call from a Studio flow or a Function. It need not name its account where only one is configured. The
 * order of the checks is part of the contract: the answer names the first that fails, and cheap checks precede expensive
 * ones.
 *
 * @throws {WebhookError} for the first check that fails
 */
export async function authenticateStudio(request: WebhookRequest, keys: StudioKeys): Promise<StudioCall> {
  checkMethod(request, ['POST']);
  checkSize(request, SIZE_LIMIT_BYTES);
  checkContentType(request, [FORM, JSON_TYPE]);
  const byToken = hasBearerToken(request);
  if (byToken) checkBearerToken(request, keys.studioTokens);
  else signatureOf(request);
  const body = await request.readBody(SIZE_LIMIT_BYTES);
  const isJson = mediaType(request) === JSON_TYPE;
  const given = isJson ? parseJson(body) : parseForm(utf8(body));
  const params = normalizeParams(given);
  const accountSid = accountOf(params, keys.accounts);
  const account = knownAccount(accountSid, keys.accounts);
  if (byToken) return { params, accountSid };
  if (isJson) await checkBodyHash(request, body);
  const form = isJson ? {} : (given as Params);
  checkSignature(request, form, [account], keys.publicUrl);
  return {
    params,
    accountSid,
    isAmbiguous: isAmbiguous(form, queryOf(request.url), true),
    ...(!isJson && { signed: signedDigest(form) }),
  };
}

/**
 * The parameters of a call by their names here. Twilio's spelling (`From`) is accepted as well as ours (`from`). A `null`
 * counts as missing. A value that is not an object has no parameters.
 */
function normalizeParams(given: unknown): StudioCall['params'] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  const params = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    if (value !== null) params[name.charAt(0).toLowerCase() + name.slice(1)] = value;
  }
  return params;
}

/** The SID of the account that a call names, or of the only configured account. '' for none. */
function accountOf({ accountSid: named = '' }: StudioCall['params'], accounts: Accounts): string {
  if (named !== '') return typeof named === 'string' ? named : '';
  return onlyAccount(accounts);
}
