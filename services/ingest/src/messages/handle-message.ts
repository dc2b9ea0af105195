import { deadLetterId, maskPhone, type DeadLetter } from '@optout-sync/shared';
import type { Events } from '../events';
import type { EventStore } from '../store/event-store';
import type { Handled, Handler } from '../webhook/handled';
import { Refusal } from '../webhook/refusal';
import type { Params } from '../webhook/request';
import { understand, type Puzzle } from './understand';

/** Handles inbound messages: keeps keywords as events, puzzles as dead letters, and nothing of anything else. */
export function createMessageHandler(options: {
  readonly store: Pick<EventStore, 'keep' | 'keepRaw'>;
  readonly events: Pick<Events, 'deadLettered'>;
  readonly now: () => number;
}): Handler {
  const { store, events, now } = options;
  return async (params): Promise<Handled> => {
    const receivedAt = now();
    const understood = understand(params, receivedAt);
    switch (understood.kind) {
      case 'not_a_keyword':
        return { outcome: 'not_a_keyword', about: { messageSid: understood.messageSid } };
      case 'event': {
        const { event } = understood;
        const { messageSid, kind, channel } = event;
        await durably(store.keep(event), { messageSid });
        return { outcome: 'accepted', about: { messageSid, kind, channel, phone: maskPhone(event.phone) } };
      }
      case 'puzzle': {
        const letter = rawLetter(understood, params, receivedAt);
        const { messageSid } = understood;
        const about = { code: letter.code, letter: deadLetterId(letter), ...(messageSid && { messageSid }) };
        await durably(store.keepRaw(letter), about);
        events.deadLettered(letter);
        return { outcome: 'dead_lettered', about };
      }
      default:
        return understood satisfies never;
    }
  };
}

/** Nothing in the letter's data tells one delivery of a message from the next, so the same message lands once. */
function rawLetter({ code, message }: Puzzle, params: Params, at: number): DeadLetter {
  return {
    version: 1,
    stage: 'ingest',
    code,
    message,
    undone: { type: 'raw', data: { route: 'messages', params } },
    attempts: [],
    firstFailedAt: at,
    lastFailedAt: at,
  };
}

async function durably(kept: Promise<void>, about: Readonly<Record<string, string>>): Promise<void> {
  try {
    await kept;
  } catch (error) {
    throw new Refusal('storage_unavailable', about, { cause: error });
  }
}
