import { persistOrThrow } from '../../inbound/persist';
import { eventLogFields, deadLetterLogFields, unprocessableDeadLetter } from '../../inbound/unprocessable';
import type { EventStore } from '../../store/event-store';
import type { Telemetry } from '../../telemetry';
import type { WebhookResult, Params } from '../../webhook/receiver';
import { parseStatus } from './parse';

const OF_NO_CONCERN: WebhookResult = { outcome: 'ignored', about: {} };

/** Handles status callbacks: a blocked message is an opt-out, any other callback (`undefined`) of no concern to us. */
export function createStatusHandler(options: {
  readonly store: Pick<EventStore, 'append'>;
  readonly events: Pick<Telemetry, 'deadLettered'>;
  readonly now: () => number;
}): (blocked: Params | undefined) => Promise<WebhookResult> {
  const { store, events, now } = options;
  return async (params) => {
    if (!params) return OF_NO_CONCERN;
    const receivedAt = now();
    const understood = parseStatus(params, receivedAt);
    if (understood.kind === 'event') {
      const about = eventLogFields(understood.event);
      await persistOrThrow(store, { events: [understood.event] }, about);
      return { outcome: 'accepted', about };
    }
    const letter = unprocessableDeadLetter(understood, { route: 'status', params }, receivedAt);
    const about = deadLetterLogFields(letter, understood.messageSid);
    await persistOrThrow(store, { letters: [letter] }, about);
    events.deadLettered(letter);
    return { outcome: 'dead_lettered', about };
  };
}
