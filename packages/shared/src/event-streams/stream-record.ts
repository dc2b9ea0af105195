import type { DeadLetter } from '../dead-letters/dead-letter';
import { accountMismatchDeadLetter, unprocessableDeadLetter } from '../dead-letters/unprocessable';
import type { NamedSendError } from '../domain/blocked-send';
import type { InboundEvent } from '../domain/inbound-event';
import { streamTypeOf, type StreamOutcome, type StreamType } from './event-type';
import { parseCloudEvent, type Classifiers } from './parse';

/** What is stored of one event of a batch, and its outcome once that is stored. */
export interface StreamRecord {
  readonly type: StreamType;
  readonly outcome: StreamOutcome;
  readonly event?: InboundEvent;
  readonly deadLetter?: DeadLetter;
  readonly sendError?: NamedSendError | undefined;
}

/**
 * Decides what is stored of an event of a batch.
 *
 * @param verifiedAccounts the SIDs of the accounts whose token signed the batch
 * @param at when the batch was received, in ms since 1970
 */
export function toStreamRecord(
  cloudEvent: unknown,
  verifiedAccounts: ReadonlySet<string>,
  at: number,
  classifiers: Classifiers,
): StreamRecord {
  const type = streamTypeOf(cloudEvent) ?? 'other';
  const parsed = parseCloudEvent(cloudEvent, at, classifiers);
  switch (parsed.kind) {
    case 'event': {
      const { event } = parsed;
      return verifiedAccounts.has(event.accountSid)
        ? { type, outcome: 'accepted', event }
        : { type, outcome: 'dead_lettered', deadLetter: accountMismatchDeadLetter(event, at) };
    }
    case 'unprocessable': {
      const deadLetter = unprocessableDeadLetter(parsed, { route: 'events', event: cloudEvent }, at);
      return { type, outcome: 'dead_lettered', deadLetter };
    }
    case 'not_a_keyword':
      return { type, outcome: parsed.kind };
    case 'ignored':
      return { type, outcome: parsed.kind, sendError: parsed.sendError };
    default:
      return parsed satisfies never;
  }
}
