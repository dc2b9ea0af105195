import type { IntakeClient } from '@optout-sync/shared/config';
import { parseJson } from '../../webhook/json';
import type { WebhookRequest } from '../../webhook/request';
import {
  JSON_TYPE,
  OPTOUTS_LIMIT_BYTES,
  checkContentType,
  checkMethod,
  checkSize,
} from '../../webhook/request-checks';
import { findByBearerToken } from '../../webhook/signature';
import { WebhookError } from '../../webhook/webhook-error';

export interface IntakeKeys {
  /** The systems that may call. Without any, the route is off. */
  readonly intake: readonly IntakeClient[];
}

/** A verified request of another system. */
export interface IntakeCall {
  /** The system that the token belongs to. */
  readonly client: IntakeClient;
  readonly json: unknown;
}

/**
 * Authenticates a request of another system, which is not signed: its bearer token names the system. The order of the checks is
 * part of the contract. The body is read only after the token is verified.
 *
 * @throws {WebhookError} for the first check that fails
 */
export async function authenticateIntake(
  request: WebhookRequest,
  { intake }: IntakeKeys,
): Promise<IntakeCall> {
  checkMethod(request, ['POST']);
  if (intake.length === 0) throw new WebhookError('webhook_not_configured');
  checkSize(request, OPTOUTS_LIMIT_BYTES);
  checkContentType(request, [JSON_TYPE]);
  const client = findByBearerToken(request, intake);
  return { client, json: parseJson(await request.readBody(OPTOUTS_LIMIT_BYTES)) };
}
