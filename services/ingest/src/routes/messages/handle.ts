import type { ForwardRequest } from '@optout-sync/shared/queues';
import { persistDeadLetter, persistEvent, persistOrThrow } from '../../inbound/persist';
import type { RouteContext } from '../../inbound/route-context';
import { unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import type { Form } from '../../webhook/form';
import type { WebhookResult } from '../../webhook/receiver';
import type { WebhookRequest } from '../../webhook/request';
import { parseMessage } from './parse';

/**
 * Handles inbound messages: stores a keyword as an inbound event and an unprocessable message as a dead letter. Every
 * message, whatever its outcome, is stored for each forward target.
 */
export function createMessageHandler({
  forwardRequests,
  ...context
}: RouteContext & {
  readonly forwardRequests: (form: Form, request: WebhookRequest) => readonly ForwardRequest[];
}): (form: Form, request: WebhookRequest) => Promise<WebhookResult> {
  const { store, now, classify } = context;
  return async (form, request) => {
    const receivedAt = now();
    const forwards = forwardRequests(form, request);
    const parsed = parseMessage(form.params, receivedAt, classify);
    switch (parsed.kind) {
      case 'not_a_keyword': {
        const logFields = { messageSid: parsed.messageSid };
        await persistOrThrow(store, { forwards }, logFields);
        return { outcome: 'not_a_keyword', logFields };
      }
      case 'event':
        return persistEvent(store, parsed.event, forwards);
      case 'unprocessable': {
        const data = { route: 'messages', params: form.params } as const;
        const deadLetter = unprocessableDeadLetter(parsed, data, receivedAt);
        return persistDeadLetter(context, deadLetter, parsed.messageSid, forwards);
      }
      default:
        return parsed satisfies never;
    }
  };
}
