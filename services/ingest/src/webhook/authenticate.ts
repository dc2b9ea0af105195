import { isBlocked, mayBeBlocked } from '@optout-sync/shared/domain';
import type { Accounts } from '../config/config';
import { accountsNamed, parseBatch } from '../routes/events/batch';
import { studioParams } from '../routes/studio/parse';
import { knownAccount, knownAccounts, onlyAccount } from './account';
import { parseForm, readForm, readFormText, utf8, type Form } from './form';
import { checkBodyHash, parseJson } from './json';
import type { Params, WebhookRequest } from './receiver';
import {
  BATCH_LIMIT_BYTES,
  FORM,
  JSON_TYPE,
  SIZE_LIMIT_BYTES,
  checkContentType,
  checkMethod,
  checkSize,
  mediaType,
} from './request-checks';
import { checkBearerToken, checkSignature, hasBearerToken, signatureOf } from './signature';
import { WebhookError } from './webhook-error';

export interface Trust {
  readonly accounts: Accounts;
  /** Overrides what the request says of protocol and host, and puts a path before its URL. */
  readonly publicUrl: string | undefined;
  /** What callers of the studio route may show that Twilio does not sign. */
  readonly studioTokens: readonly string[];
}

const NOTHING: Params = {};

/*
 * What a request has to pass on each route, and what it gives once it is proven to be from Twilio. All throw a Refusal.
 * The order of the checks is the contract: the first that fails is the answer, cheap ones go before dear ones.
 */

/** An inbound message. */
export async function authenticateMessage(request: WebhookRequest, trust: Trust): Promise<Form> {
  checkMethod(request, ['GET', 'POST']);
  checkSize(request, SIZE_LIMIT_BYTES);
  checkContentType(request, [FORM]);
  const form = await readForm(request, SIZE_LIMIT_BYTES);
  const account = knownAccount(form.params.AccountSid, trust.accounts);
  checkSignature(request, form.params, [account], trust.publicUrl);
  return form;
}

/**
 * A status callback that tells of a blocked message; `undefined` for any other. Those are most of all requests and are
 * thrown away, so nobody gains by forging one and it is not worth a check of its signature.
 */
export async function authenticateStatus(request: WebhookRequest, trust: Trust): Promise<Params | undefined> {
  checkMethod(request, ['GET', 'POST']);
  checkSize(request, SIZE_LIMIT_BYTES);
  checkContentType(request, [FORM]);
  const form = await readFormText(request, SIZE_LIMIT_BYTES);
  if (!mayBeBlocked(form)) return undefined;
  const params = parseForm(form);
  if (!isBlocked(params.ErrorCode)) return undefined;
  const account = knownAccount(params.AccountSid, trust.accounts);
  checkSignature(request, params, [account], trust.publicUrl);
  return params;
}

/** A proven batch: its events, and the accounts that it is proven for. */
export interface ProvenBatch {
  readonly events: readonly unknown[];
  readonly accounts: ReadonlySet<string>;
}

/**
 * A batch of Event Streams. The accounts it names may be several, and not all be known: it passes by a token of one that
 * is named and known (of the only account, when none is named), and is proven for the accounts whose token that is, so
 * that no account can speak for another. The signature covers the URL alone, so it is checked first: parsing 16 MB of
 * JSON holds everybody up for seconds, and nobody is to bring that about without a token.
 */
export async function authenticateBatch(request: WebhookRequest, trust: Trust): Promise<ProvenBatch> {
  checkMethod(request, ['POST']);
  checkSize(request, BATCH_LIMIT_BYTES);
  const accounts = [...trust.accounts].map(([sid, { tokens }]) => ({ sid, tokens }));
  const signers = checkSignature(request, NOTHING, accounts, trust.publicUrl).map(({ sid }) => sid);
  const body = await request.readBody(BATCH_LIMIT_BYTES);
  checkBodyHash(request, body);
  const events = parseBatch(parseJson(body));
  // What is empty is of nobody, so anybody's token proves it.
  const known = events.length === 0 ? trust.accounts : knownAccounts(accountsNamed(events), trust.accounts);
  const proven = signers.filter((sid) => known.has(sid));
  if (proven.length === 0) throw new WebhookError('bad_signature', { signedBy: signers.join(', ') });
  return { events, accounts: new Set(proven) };
}

/** A proven call of the studio route. */
export interface StudioCall {
  readonly params: Readonly<Record<string, unknown>>;
  readonly accountSid: string;
}

/** A call from a Studio flow or a Function, whose account may go unnamed where only one is configured. */
export async function authenticateStudio(request: WebhookRequest, trust: Trust): Promise<StudioCall> {
  checkMethod(request, ['POST']);
  checkSize(request, SIZE_LIMIT_BYTES);
  checkContentType(request, [FORM, JSON_TYPE]);
  const trusted = hasBearerToken(request);
  if (trusted) checkBearerToken(request, trust.studioTokens);
  else signatureOf(request);
  const body = await request.readBody(SIZE_LIMIT_BYTES);
  const isJson = mediaType(request) === JSON_TYPE;
  const given = isJson ? parseJson(body) : parseForm(utf8(body));
  const params = studioParams(given);
  const accountSid = accountOf(params, trust.accounts);
  const account = knownAccount(accountSid, trust.accounts);
  if (!trusted) {
    if (isJson) checkBodyHash(request, body);
    checkSignature(request, isJson ? NOTHING : (given as Params), [account], trust.publicUrl);
  }
  return { params, accountSid };
}

/** The account a call names, or the only one there is; '' for none. */
function accountOf({ accountSid: named = '' }: StudioCall['params'], accounts: Accounts): string {
  if (named !== '') return typeof named === 'string' ? named : '';
  return onlyAccount(accounts);
}
