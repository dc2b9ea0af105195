import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { InboundEvent, NamedSendError } from '@optout-sync/shared/domain';
import { deadLetterLogFields } from '../../inbound/log-fields';
import { persistOrThrow, type DeadLetterEvents } from '../../inbound/persist';
import type { RouteContext, SendErrorEvents } from '../../inbound/route-context';
import { accountMismatchDeadLetter, unprocessableDeadLetter } from '../../inbound/unprocessable';
import type { WebhookResult } from '../../webhook/receiver';
import type { VerifiedBatch } from './authenticate';
import { streamTypeOf, type StreamOutcome, type StreamType } from './event-type';
import { parseCloudEvent } from './parse';

export interface StreamEvents extends DeadLetterEvents, SendErrorEvents {
  /** One event of a stored batch is handled. */
  streamEventHandled(type: StreamType, outcome: StreamOutcome): void;
}

/** What is stored of one event of a batch, and its outcome once that is stored. */
interface StreamRecord {
  readonly type: StreamType;
  readonly outcome: StreamOutcome;
  readonly event?: InboundEvent;
  readonly deadLetter?: DeadLetter;
  readonly sendError?: NamedSendError | undefined;
}

/** A log line names no more than this. The metric counts all. */
const LOGGED_DEAD_LETTERS = 10;

/**
 * Handles the batches of Event Streams. Either everything of a batch that must be stored is stored, or the whole batch is
 * refused and Event Streams retries it. An unprocessable event does not delay the others.
 */
export function createBatchHandler({
  store,
  telemetry,
  now,
  ...classifiers
}: RouteContext<StreamEvents>): (batch: VerifiedBatch) => Promise<WebhookResult> {
  function toRecord(
    cloudEvent: unknown,
    verified: VerifiedBatch['verifiedAccounts'],
    at: number,
  ): StreamRecord {
    const type = streamTypeOf(cloudEvent) ?? 'other';
    const parsed = parseCloudEvent(cloudEvent, at, classifiers);
    switch (parsed.kind) {
      case 'event': {
        const { event } = parsed;
        return verified.has(event.accountSid)
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

  return async ({ cloudEvents, verifiedAccounts }) => {
    const at = now();
    const records = cloudEvents.map((cloudEvent) => toRecord(cloudEvent, verifiedAccounts, at));
    const events = records.flatMap(({ event }) => event ?? []);
    const deadLetters = records.flatMap(({ deadLetter }) => deadLetter ?? []);
    const logFields = batchLogFields(records.length, events.length, deadLetters);
    await persistOrThrow(store, { events, deadLetters }, logFields);
    for (const { type, outcome, deadLetter, sendError } of records) {
      telemetry.streamEventHandled(type, outcome);
      if (sendError) telemetry.sendErrorIgnored('events', sendError);
      if (deadLetter) telemetry.deadLettered(deadLetter);
    }
    return {
      outcome: events.length > 0 ? 'accepted' : deadLetters.length > 0 ? 'dead_lettered' : 'ignored',
      logFields,
    };
  };
}

function batchLogFields(
  batch: number,
  accepted: number,
  deadLetters: readonly DeadLetter[],
): WebhookResult['logFields'] {
  return {
    batch: String(batch),
    accepted: String(accepted),
    ...(deadLetters.length > 0 && {
      deadLetters: deadLetters
        .slice(0, LOGGED_DEAD_LETTERS)
        .map((deadLetter) => Object.values(deadLetterLogFields(deadLetter)).join(' '))
        .join(', '),
    }),
  };
}
