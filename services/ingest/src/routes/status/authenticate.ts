import { isBlocked, mayBeBlocked } from '@optout-sync/shared/domain';
import { knownAccount, type VerificationKeys } from '../../webhook/account';
import { parseForm, readFormText } from '../../webhook/form';
import type { Params, WebhookRequest } from '../../webhook/request';
import {
  FORM,
  SIZE_LIMIT_BYTES,
  checkContentType,
  checkMethod,
  checkSize,
} from '../../webhook/request-checks';
import { checkSignature } from '../../webhook/signature';

/**
 * Authenticates a status callback of a blocked message and returns its parameters, or `undefined` for any other callback.
 * The others are most of all requests and are discarded: forging one has no effect, so its signature is not checked. The
 * order of the checks is part of the contract: the answer names the first that fails.
 *
 * @throws {WebhookError} for the first check that fails
 */
export async function authenticateStatus(
  request: WebhookRequest,
  keys: VerificationKeys,
): Promise<Params | undefined> {
  checkMethod(request, ['GET', 'POST']);
  checkSize(request, SIZE_LIMIT_BYTES);
  checkContentType(request, [FORM]);
  const form = await readFormText(request, SIZE_LIMIT_BYTES);
  if (!mayBeBlocked(form)) return undefined;
  const params = parseForm(form);
  if (!isBlocked(params.ErrorCode)) return undefined;
  const account = knownAccount(params.AccountSid, keys.accounts);
  checkSignature(request, params, [account], keys.publicUrl);
  return params;
}
