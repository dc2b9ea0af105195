import { keepDurably } from '../../inbound/persist';
import { aboutEvent, aboutLetter, rawLetter } from '../../inbound/unprocessable';
import type { EventStore } from '../../store/event-store';
import type { Events } from '../../telemetry';
import type { Handled, Params } from '../../webhook/receiver';
import { understand } from './parse';

const OF_NO_CONCERN: Handled = { outcome: 'ignored', about: {} };

/** Handles status callbacks: a blocked message is an opt-out, any other callback (`undefined`) of no concern to us. */
export function createStatusHandler(options: {
  readonly store: Pick<EventStore, 'keep'>;
  readonly events: Pick<Events, 'deadLettered'>;
  readonly now: () => number;
}): (blocked: Params | undefined) => Promise<Handled> {
  const { store, events, now } = options;
  return async (params) => {
    if (!params) return OF_NO_CONCERN;
    const receivedAt = now();
    const understood = understand(params, receivedAt);
    if (understood.kind === 'event') {
      const about = aboutEvent(understood.event);
      await keepDurably(store, { events: [understood.event] }, about);
      return { outcome: 'accepted', about };
    }
    const letter = rawLetter(understood, { route: 'status', params }, receivedAt);
    const about = aboutLetter(letter, understood.messageSid);
    await keepDurably(store, { letters: [letter] }, about);
    events.deadLettered(letter);
    return { outcome: 'dead_lettered', about };
  };
}
