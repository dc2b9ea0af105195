import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import type { Classify, InboundEvent } from '@optout-sync/shared/domain';
import { persistOrThrow } from '../../inbound/persist';
import {
  deadLetterLogFields,
  unprocessableDeadLetter,
  accountMismatchDeadLetter,
} from '../../inbound/unprocessable';
import type { EventStore } from '../../store/event-store';
import type { Telemetry } from '../../telemetry';
import type { ProvenBatch } from '../../webhook/authenticate';
import type { WebhookResult } from '../../webhook/receiver';
import { streamTypeOf, type StreamOutcome, type StreamType } from './event-type';
import { parseStreamEvent } from './parse';

/** What is to be kept of one event, and how it ends then. */
interface Sorted {
  readonly type: StreamType;
  readonly outcome: StreamOutcome;
  readonly event?: InboundEvent;
  readonly letter?: DeadLetter;
}

/** Letters that a log line names; the metric counts all. */
const LETTERS_IN_LOG = 10;

/**
 * Handles the batches of Event Streams: all that is to be kept of a batch is, or the batch is refused whole and comes
 * again. One event that nobody understands holds up no other.
 */
export function createBatchHandler(options: {
  readonly store: Pick<EventStore, 'append'>;
  readonly events: Pick<Telemetry, 'deadLettered' | 'streamed'>;
  readonly now: () => number;
  readonly classify: Classify;
}): (batch: ProvenBatch) => Promise<WebhookResult> {
  const { store, events, now, classify } = options;

  function sort(streamed: unknown, provenFor: ReadonlySet<string>, at: number): Sorted {
    const type = streamTypeOf(streamed) ?? 'other';
    const understood = parseStreamEvent(streamed, at, classify);
    switch (understood.kind) {
      case 'event': {
        const { event } = understood;
        return provenFor.has(event.accountSid)
          ? { type, outcome: 'accepted', event }
          : { type, outcome: 'dead_lettered', letter: accountMismatchDeadLetter(event, at) };
      }
      case 'unprocessable': {
        const letter = unprocessableDeadLetter(understood, { route: 'events', event: streamed }, at);
        return { type, outcome: 'dead_lettered', letter };
      }
      case 'not_a_keyword':
      case 'ignored':
        return { type, outcome: understood.kind };
      default:
        return understood satisfies never;
    }
  }

  return async (batch) => {
    const at = now();
    const sorted = batch.events.map((streamed) => sort(streamed, batch.accounts, at));
    const kept = sorted.flatMap(({ event }) => event ?? []);
    const letters = sorted.flatMap(({ letter }) => letter ?? []);
    const about = {
      batch: String(batch.events.length),
      accepted: String(kept.length),
      ...(letters.length > 0 && {
        letters: letters
          .slice(0, LETTERS_IN_LOG)
          .map((letter) => Object.values(deadLetterLogFields(letter)).join(' '))
          .join(', '),
      }),
    };
    await persistOrThrow(store, { events: kept, letters }, about);
    for (const { type, outcome, letter } of sorted) {
      events.streamed(type, outcome);
      if (letter) events.deadLettered(letter);
    }
    return {
      outcome: kept.length > 0 ? 'accepted' : letters.length > 0 ? 'dead_lettered' : 'ignored',
      about,
    };
  };
}
