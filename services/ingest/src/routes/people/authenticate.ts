import type { WorkspaceTokens } from '@optout-sync/shared/config';
import { parseJson } from '../../webhook/json';
import type { WebhookRequest } from '../../webhook/request';
import {
  JSON_TYPE,
  PEOPLE_LIMIT_BYTES,
  checkContentType,
  checkMethod,
  checkSize,
} from '../../webhook/request-checks';
import { findByBearerToken } from '../../webhook/signature';
import { WebhookError } from '../../webhook/webhook-error';

export interface PeopleKeys {
  /** The bearer tokens of each workspace. Without any, the route is off. */
  readonly webhookTokens: readonly WorkspaceTokens[];
}

/** A verified request of a Customer.io workflow. */
export interface PeopleCall {
  /** The workspace that the token belongs to. */
  readonly workspace: string;
  readonly json: unknown;
}

/**
 * Authenticates a request of a Customer.io workflow, which is not signed: its bearer token names the workspace. The order of
 * the checks is part of the contract. The body is read only after the token is verified.
 *
 * @throws {WebhookError} for the first check that fails
 */
export async function authenticatePeople(request: WebhookRequest, keys: PeopleKeys): Promise<PeopleCall> {
  checkMethod(request, ['POST']);
  if (keys.webhookTokens.length === 0) throw new WebhookError('webhook_not_configured');
  checkSize(request, PEOPLE_LIMIT_BYTES);
  checkContentType(request, [JSON_TYPE]);
  const { workspace } = findByBearerToken(request, keys.webhookTokens);
  return { workspace, json: parseJson(await request.readBody(PEOPLE_LIMIT_BYTES)) };
}
