import type { Classify } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';
import { keepDurably } from '../../inbound/persist';
import { aboutEvent, aboutLetter, rawLetter } from '../../inbound/unprocessable';
import type { EventStore } from '../../store/event-store';
import type { Events } from '../../telemetry';
import type { Form } from '../../webhook/form';
import type { Handled, WebhookRequest } from '../../webhook/receiver';
import { understand } from './parse';

/**
 * Handles inbound messages: keeps keywords as events, puzzles as dead letters, and nothing of anything else; each is
 * passed on whatever it is, where it is to be.
 */
export function createMessageHandler(options: {
  readonly store: Pick<EventStore, 'keep'>;
  readonly events: Pick<Events, 'deadLettered'>;
  readonly now: () => number;
  readonly classify: Classify;
  readonly forward: (form: Form, request: WebhookRequest) => readonly ForwardRequest[];
}): (form: Form, request: WebhookRequest) => Promise<Handled> {
  const { store, events, now, classify, forward } = options;
  return async (form, request) => {
    const receivedAt = now();
    const forwards = forward(form, request);
    const understood = understand(form.params, receivedAt, classify);
    switch (understood.kind) {
      case 'not_a_keyword': {
        const about = { messageSid: understood.messageSid };
        await keepDurably(store, { forwards }, about);
        return { outcome: 'not_a_keyword', about };
      }
      case 'event': {
        const about = aboutEvent(understood.event);
        await keepDurably(store, { events: [understood.event], forwards }, about);
        return { outcome: 'accepted', about };
      }
      case 'puzzle': {
        const letter = rawLetter(understood, { route: 'messages', params: form.params }, receivedAt);
        const about = aboutLetter(letter, understood.messageSid);
        await keepDurably(store, { letters: [letter], forwards }, about);
        events.deadLettered(letter);
        return { outcome: 'dead_lettered', about };
      }
      default:
        return understood satisfies never;
    }
  };
}
