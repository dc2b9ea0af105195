import type { z } from 'zod';
import { deadLetterId, type DeadLetter } from '@optout-sync/shared/dead-letters';
import {
  maskPhone,
  type ErrorCode,
  type InboundEvent,
  type UnsupportedAddress,
} from '@optout-sync/shared/domain';
import type { WebhookRoute } from '../webhook/receiver';

/** What a log line says of an event that was kept. */
export function eventLogFields({ messageSid, kind, channel, phone }: InboundEvent): Record<string, string> {
  return { messageSid, kind, channel, phone: maskPhone(phone) };
}

/** What a log line says of a letter. */
export function deadLetterLogFields(letter: DeadLetter, messageSid?: string): Record<string, string> {
  return { code: letter.code, letter: deadLetterId(letter), ...(messageSid && { messageSid }) };
}

/** A dead letter of what ingest could not make an event of or hand on, at `at` (ms since 1970). */
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

/** What is proven to be Twilio's and still no event of ours: it needs a person to look at it. */
export type UnprocessableMessage = InvalidShape | UnsupportedAddress;

interface InvalidShape {
  readonly kind: 'unprocessable';
  readonly code: 'message_not_understood';
  /** For an operator: fields and reasons, no values. */
  readonly message: string;
  readonly messageSid?: undefined;
}

/** The puzzle of data that has not the shape it should have. */
export function invalidShape(error: z.ZodError): InvalidShape {
  const fields = [...new Set(error.issues.map(({ path }) => path.join('.') || 'all of it'))];
  return {
    kind: 'unprocessable',
    code: 'message_not_understood',
    message: `Missing or not as expected: ${fields.join(', ')}`,
  };
}

/** Nothing in the letter's data tells one delivery of a message from the next, so the same message lands once. */
export function unprocessableDeadLetter(
  puzzle: UnprocessableMessage,
  data: { readonly route: WebhookRoute; readonly [rest: string]: unknown },
  at: number,
): DeadLetter {
  return ingestDeadLetter(puzzle.code, puzzle.message, { type: 'raw', data }, at);
}

/** The letter of an event of an account that its batch is not proven for: an operator who trusts it may replay it. */
export function accountMismatchDeadLetter(event: InboundEvent, at: number): DeadLetter {
  const message = `The batch is not signed with a token of account ${event.accountSid}`;
  return ingestDeadLetter('account_not_proven', message, { type: 'event', event }, at);
}
