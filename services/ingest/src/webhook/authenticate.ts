import type { Accounts } from '../config/config';
import { knownAccount } from './account';
import { checkContentType, checkMethod, checkSize } from './envelope';
import { readParams } from './params';
import type { Params, WebhookRequest } from './request';
import { checkSignature } from './signature';

export interface Trust {
  readonly accounts: Accounts;
  /** Overrides what the request says of protocol and host, and puts a path before its URL. */
  readonly publicUrl: string | undefined;
}

/**
 * The parameters of a request, once it is proven to be Twilio's. Throws a Refusal.
 * The order of the checks is the contract: the first that fails is the answer, cheap ones go before dear ones.
 */
export async function authenticate(request: WebhookRequest, trust: Trust): Promise<Params> {
  checkMethod(request);
  checkSize(request);
  checkContentType(request);
  const params = await readParams(request);
  const account = knownAccount(params, trust.accounts);
  checkSignature(request, params, account, trust.publicUrl);
  return params;
}
