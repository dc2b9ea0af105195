import type { Classify } from '@optout-sync/shared/domain';
import { keepDurably } from '../../inbound/persist';
import { aboutEvent, aboutLetter, rawLetter } from '../../inbound/unprocessable';
import type { EventStore } from '../../store/event-store';
import type { Events } from '../../telemetry';
import type { StudioCall } from '../../webhook/authenticate';
import type { Handled } from '../../webhook/receiver';
import { understand } from './parse';

/** Handles calls from Studio flows and Functions; `said` of what it gives is what the flow is told. */
export function createStudioHandler(options: {
  readonly store: Pick<EventStore, 'keep'>;
  readonly events: Pick<Events, 'deadLettered'>;
  readonly now: () => number;
  readonly classify: Classify;
}): (call: StudioCall) => Promise<Handled & { readonly said: string }> {
  const { store, events, now, classify } = options;
  return async (call) => {
    const receivedAt = now();
    const understood = understand(call, receivedAt, classify);
    switch (understood.kind) {
      case 'not_a_keyword':
        return { outcome: 'not_a_keyword', about: {}, said: 'none' };
      case 'event': {
        const about = aboutEvent(understood.event);
        await keepDurably(store, { events: [understood.event] }, about);
        return { outcome: 'accepted', about, said: understood.event.kind };
      }
      case 'puzzle': {
        const letter = rawLetter(understood, { route: 'studio', params: call.params }, receivedAt);
        const about = aboutLetter(letter, understood.messageSid);
        await keepDurably(store, { letters: [letter] }, about);
        events.deadLettered(letter);
        return { outcome: 'dead_lettered', about, said: understood.said };
      }
      default:
        return understood satisfies never;
    }
  };
}
