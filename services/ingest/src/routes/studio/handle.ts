import type { Classify } from '@optout-sync/shared/domain';
import { persistOrThrow } from '../../inbound/persist';
import { eventLogFields, deadLetterLogFields, unprocessableDeadLetter } from '../../inbound/unprocessable';
import type { EventStore } from '../../store/event-store';
import type { Telemetry } from '../../telemetry';
import type { StudioCall } from '../../webhook/authenticate';
import type { WebhookResult } from '../../webhook/receiver';
import { parseStudioCall } from './parse';

/** Handles calls from Studio flows and Functions; `said` of what it gives is what the flow is told. */
export function createStudioHandler(options: {
  readonly store: Pick<EventStore, 'append'>;
  readonly events: Pick<Telemetry, 'deadLettered'>;
  readonly now: () => number;
  readonly classify: Classify;
}): (call: StudioCall) => Promise<WebhookResult & { readonly said: string }> {
  const { store, events, now, classify } = options;
  return async (call) => {
    const receivedAt = now();
    const understood = parseStudioCall(call, receivedAt, classify);
    switch (understood.kind) {
      case 'not_a_keyword':
        return { outcome: 'not_a_keyword', about: {}, said: 'none' };
      case 'event': {
        const about = eventLogFields(understood.event);
        await persistOrThrow(store, { events: [understood.event] }, about);
        return { outcome: 'accepted', about, said: understood.event.kind };
      }
      case 'unprocessable': {
        const letter = unprocessableDeadLetter(
          understood,
          { route: 'studio', params: call.params },
          receivedAt,
        );
        const about = deadLetterLogFields(letter, understood.messageSid);
        await persistOrThrow(store, { letters: [letter] }, about);
        events.deadLettered(letter);
        return { outcome: 'dead_lettered', about, said: understood.said };
      }
      default:
        return understood satisfies never;
    }
  };
}
