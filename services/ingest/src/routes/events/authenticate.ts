import { knownAccounts, type VerificationKeys } from '../../webhook/account';
import { checkBodyHash, parseJson } from '../../webhook/json';
import type { WebhookRequest } from '../../webhook/request';
import { BATCH_LIMIT_BYTES, checkMethod, checkSize } from '../../webhook/request-checks';
import { checkSignature } from '../../webhook/signature';
import { WebhookError } from '../../webhook/webhook-error';
import { accountsNamed, toCloudEvents } from './batch';

/** A verified batch: its events, and the SIDs of the accounts whose token signed it. */
export interface VerifiedBatch {
  readonly cloudEvents: readonly unknown[];
  readonly verifiedAccounts: ReadonlySet<string>;
}

/**
 * Authenticates a batch of Event Streams. The batch may name several accounts, of which some may not be configured. It
 * needs the signature of one account that is both named and configured, or of the only configured account when it names
 * none. It is verified for the accounts with the token that signed it, so that no account can act for another. The order
 * of the checks is part of the contract. The signature covers only the URL, so it is checked first: parsing 16 MB of JSON
 * blocks the event loop for seconds, which requires a token.
 *
 * @throws {WebhookError} for the first check that fails
 */
export async function authenticateBatch(
  request: WebhookRequest,
  keys: VerificationKeys,
): Promise<VerifiedBatch> {
  checkMethod(request, ['POST']);
  checkSize(request, BATCH_LIMIT_BYTES);
  const accounts = [...keys.accounts].map(([sid, { tokens }]) => ({ sid, tokens }));
  const signers = checkSignature(request, {}, accounts, keys.publicUrl).map(({ sid }) => sid);
  const body = await request.readBody(BATCH_LIMIT_BYTES);
  checkBodyHash(request, body);
  const cloudEvents = toCloudEvents(parseJson(body));
  // An empty batch belongs to no account, so the token of any account verifies it.
  const known =
    cloudEvents.length === 0 ? keys.accounts : knownAccounts(accountsNamed(cloudEvents), keys.accounts);
  const verified = signers.filter((sid) => known.has(sid));
  if (verified.length === 0) throw new WebhookError('bad_signature', { signedBy: signers.join(', ') });
  return { cloudEvents, verifiedAccounts: new Set(verified) };
}
