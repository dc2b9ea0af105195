import { knownAccount, type VerificationKeys } from '../../webhook/account';
import { readForm, type Form } from '../../webhook/form';
import type { WebhookRequest } from '../../webhook/request';
import {
  FORM,
  SIZE_LIMIT_BYTES,
  checkContentType,
  checkMethod,
  checkSize,
} from '../../webhook/request-checks';
import { checkSignature } from '../../webhook/signature';

/**
 * Authenticates an inbound message and returns its form. The order of the checks is part of the contract: the answer names
 * the first that fails, and cheap checks precede expensive ones.
 *
 * @throws {WebhookError} for the first check that fails
 */
export async function authenticateMessage(request: WebhookRequest, keys: VerificationKeys): Promise<Form> {
  checkMethod(request, ['GET', 'POST']);
  checkSize(request, SIZE_LIMIT_BYTES);
  checkContentType(request, [FORM]);
  const form = await readForm(request, SIZE_LIMIT_BYTES);
  const account = knownAccount(form.params.AccountSid, keys.accounts);
  checkSignature(request, form.params, [account], keys.publicUrl);
  return form;
}
