import type { Classify } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';
import { persistOrThrow } from '../../inbound/persist';
import { eventLogFields, deadLetterLogFields, unprocessableDeadLetter } from '../../inbound/unprocessable';
import type { EventStore } from '../../store/event-store';
import type { Telemetry } from '../../telemetry';
import type { Form } from '../../webhook/form';
import type { WebhookResult, WebhookRequest } from '../../webhook/receiver';
import { parseMessage } from './parse';

/**
 * Handles inbound messages: keeps keywords as events, puzzles as dead letters, and nothing of anything else; each is
 * passed on whatever it is, where it is to be.
 */
export function createMessageHandler(options: {
  readonly store: Pick<EventStore, 'append'>;
  readonly events: Pick<Telemetry, 'deadLettered'>;
  readonly now: () => number;
  readonly classify: Classify;
  readonly forward: (form: Form, request: WebhookRequest) => readonly ForwardRequest[];
}): (form: Form, request: WebhookRequest) => Promise<WebhookResult> {
  const { store, events, now, classify, forward } = options;
  return async (form, request) => {
    const receivedAt = now();
    const forwards = forward(form, request);
    const understood = parseMessage(form.params, receivedAt, classify);
    switch (understood.kind) {
      case 'not_a_keyword': {
        const about = { messageSid: understood.messageSid };
        await persistOrThrow(store, { forwards }, about);
        return { outcome: 'not_a_keyword', about };
      }
      case 'event': {
        const about = eventLogFields(understood.event);
        await persistOrThrow(store, { events: [understood.event], forwards }, about);
        return { outcome: 'accepted', about };
      }
      case 'unprocessable': {
        const letter = unprocessableDeadLetter(
          understood,
          { route: 'messages', params: form.params },
          receivedAt,
        );
        const about = deadLetterLogFields(letter, understood.messageSid);
        await persistOrThrow(store, { letters: [letter], forwards }, about);
        events.deadLettered(letter);
        return { outcome: 'dead_lettered', about };
      }
      default:
        return understood satisfies never;
    }
  };
}
