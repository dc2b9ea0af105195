import type { BlockedSendAction, BlockedSends } from '@optout-sync/shared/domain';
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
 * `blocked`: the verified callback of a failed send whose code is acted on. `ignored`: any other, of which nothing is verified;
 * it has an error code where one could be read.
 */
export type StatusCallback =
  | { readonly kind: 'blocked'; readonly action: BlockedSendAction; readonly params: Params }
  | { readonly kind: 'ignored'; readonly errorCode?: string | undefined };

const ERROR_CODE = /(?:^|&)ErrorCode=(\d{1,6})(?:&|$)/;

/**
 * Authenticates a status callback whose error code is acted on. The others are most of all requests and are discarded:
 * forging one changes no more than a counter, so its signature is not checked and its form not parsed. The order of the checks is
 * part of the contract: the answer names the first that fails.
 *
 * @throws {WebhookError} for the first check that fails
 */
export async function authenticateStatus(
  request: WebhookRequest,
  { blockedSends, ...keys }: VerificationKeys & { readonly blockedSends: BlockedSends },
): Promise<StatusCallback> {
  checkMethod(request, ['GET', 'POST']);
  checkSize(request, SIZE_LIMIT_BYTES);
  checkContentType(request, [FORM]);
  const form = await readFormText(request, SIZE_LIMIT_BYTES);
  if (!blockedSends.mayConcern(form)) return { kind: 'ignored', errorCode: ERROR_CODE.exec(form)?.[1] };
  const params = parseForm(form);
  const { To, ErrorCode } = params;
  const action = blockedSends.actionOf(ErrorCode, typeof To === 'string' ? To : '');
  if (!action) return { kind: 'ignored', errorCode: typeof ErrorCode === 'string' ? ErrorCode : undefined };
  const account = knownAccount(params.AccountSid, keys.accounts);
  checkSignature(request, params, [account], keys.publicUrl);
  return { kind: 'blocked', action, params };
}
