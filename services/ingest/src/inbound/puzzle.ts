import type { z } from 'zod';
import type { DeadLetter, InboundEvent, NotAPhone } from '@optout-sync/shared';
import type { WebhookRoute } from '../webhook/handled';
import { ingestLetter } from './ingest-letter';

/** What is proven to be Twilio's and still no event of ours: it needs a person to look at it. */
export type Puzzle = Misshapen | NotAPhone;

interface Misshapen {
  readonly kind: 'puzzle';
  readonly code: 'message_not_understood';
  /** For an operator: fields and reasons, no values. */
  readonly message: string;
  readonly messageSid?: undefined;
}

/** The puzzle of data that has not the shape it should have. */
export function misshapen(error: z.ZodError): Misshapen {
  const fields = [...new Set(error.issues.map(({ path }) => path.join('.') || 'all of it'))];
  return {
    kind: 'puzzle',
    code: 'message_not_understood',
    message: `Missing or not as expected: ${fields.join(', ')}`,
  };
}

/** Nothing in the letter's data tells one delivery of a message from the next, so the same message lands once. */
export function rawLetter(
  puzzle: Puzzle,
  data: { readonly route: WebhookRoute; readonly [rest: string]: unknown },
  at: number,
): DeadLetter {
  return ingestLetter(puzzle.code, puzzle.message, { type: 'raw', data }, at);
}

/** The letter of an event of an account that its batch is not proven for: an operator who trusts it may replay it. */
export function strayLetter(event: InboundEvent, at: number): DeadLetter {
  const message = `The batch is not signed with a token of account ${event.accountSid}`;
  return ingestLetter('account_not_proven', message, { type: 'event', event }, at);
}
