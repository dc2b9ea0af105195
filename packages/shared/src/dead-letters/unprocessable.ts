import type { z } from 'zod';
import type { ErrorCode } from '../domain/error-codes';
import type { UnsupportedAddress } from '../domain/inbound-event-factory';
import type { InboundEvent } from '../domain/inbound-event';
import type { WebhookRoute } from '../domain/routes';
import type { DeadLetter } from './dead-letter';

/** A message that is verified to be Twilio's but gives no inbound event. An operator has to look at it. */
export type UnprocessableMessage = InvalidShape | UnsupportedAddress | SuspiciousMessage;

interface InvalidShape {
  readonly kind: 'unprocessable';
  readonly code: 'message_not_understood';
  /** For an operator: fields and reasons, no values. */
  readonly message: string;
  readonly messageSid?: undefined;
}

/** A message with a valid signature that may be made of another one. It is never applied. */
interface SuspiciousMessage {
  readonly kind: 'unprocessable';
  readonly code: 'message_ambiguous' | 'message_sids_differ';
  readonly message: string;
  readonly messageSid?: undefined;
}

export const AMBIGUOUS: SuspiciousMessage = {
  kind: 'unprocessable',
  code: 'message_ambiguous',
  message: 'The signed text has the beginning of a parameter within another one',
};
export const SIDS_DIFFER: SuspiciousMessage = {
  kind: 'unprocessable',
  code: 'message_sids_differ',
  message: 'An opt-in whose MessageSid, SmsSid and SmsMessageSid are not the same',
};

/** A message whose data do not match the schema. */
export function invalidShape(error: z.ZodError): InvalidShape {
  const fields = [...new Set(error.issues.map(({ path }) => path.join('.') || 'the whole message'))];
  return {
    kind: 'unprocessable',
    code: 'message_not_understood',
    message: `Missing or not as expected: ${fields.join(', ')}`,
  };
}

/** A dead letter of data that ingest cannot process. `at` is the time of the failure, in ms since 1970. */
export function ingestDeadLetter(
  code: ErrorCode,
  message: string,
  undone: DeadLetter['undone'],
  at: number,
): DeadLetter {
  return {
    version: 1,
    stage: 'ingest',
    code,
    message,
    undone,
    attempts: [],
    firstFailedAt: at,
    lastFailedAt: at,
  };
}

/**
 * The dead letter of an unprocessable message. `data` must not differ between two deliveries of the same message, so that
 * the message is stored once; of a form that Twilio signed, `signed` (see `signedDigest`) identifies it.
 */
export function unprocessableDeadLetter(
  unprocessable: UnprocessableMessage,
  data: { readonly route: WebhookRoute; readonly [rest: string]: unknown },
  at: number,
): DeadLetter {
  const { code, message } = unprocessable;
  const unresolved = 'unresolved' in unprocessable ? { unresolved: unprocessable.unresolved } : {};
  return ingestDeadLetter(code, message, { type: 'raw', data: { ...data, ...unresolved } }, at);
}

/**
 * The dead letter of an event whose account did not sign its batch. An operator who trusts the event may replay it.
 */
export function accountMismatchDeadLetter(event: InboundEvent, at: number): DeadLetter {
  const message = `The batch is not signed with a token of account ${event.accountSid}`;
  return ingestDeadLetter('account_not_proven', message, { type: 'event', event }, at);
}
