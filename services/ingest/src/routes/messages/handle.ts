import type { Classify } from '@optout-sync/shared/domain';
import type { ForwardRequest } from '@optout-sync/shared/queues';
import {
  persistDeadLetter,
  persistEvent,
  persistOrThrow,
  type DeadLetterEvents,
} from '../../inbound/persist';
import type { RouteContext, SuspicionEvents } from '../../inbound/route-context';
import { AMBIGUOUS, SIDS_DIFFER, unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import { queryOf, type Form } from '../../webhook/form';
import type { WebhookResult } from '../../webhook/receiver';
import type { WebhookRequest } from '../../webhook/request';
import { isAmbiguous, sidsDisagree, signedDigest } from '../../webhook/signed-pairs';
import { parseMessage, type ParsedMessage } from './parse';

/**
 * Handles inbound messages: stores a keyword as an inbound event and an unprocessable message as a dead letter. Every
 * message, whatever its outcome, is stored for each forward target, except one that may be made of another message: it
 * becomes a dead letter and nothing else.
 */
export function createMessageHandler({
  forwardRequests,
  ...context
}: RouteContext<DeadLetterEvents & SuspicionEvents> & {
  readonly forwardRequests: (form: Form, request: WebhookRequest) => readonly ForwardRequest[];
}): (form: Form, request: WebhookRequest) => Promise<WebhookResult> {
  const { store, now, classify, telemetry } = context;
  return async (form, request) => {
    const receivedAt = now();
    const parsed = parseUnambiguous(form, request, receivedAt, classify);
    const forwards = isSuspicious(parsed) ? [] : forwardRequests(form, request);
    switch (parsed.kind) {
      case 'not_a_keyword': {
        const logFields = { messageSid: parsed.messageSid };
        const kept = await persistOrThrow(store, { forwards }, logFields);
        return { outcome: 'not_a_keyword', kept, logFields };
      }
      case 'event': {
        const result = await persistEvent(store, parsed.event, forwards);
        if (sidsDisagree(form.params)) telemetry.sidsDiffered('messages', parsed.event.messageSid);
        return result;
      }
      case 'unprocessable': {
        const data = { route: 'messages', params: form.params, signed: signedDigest(form.params) } as const;
        const deadLetter = unprocessableDeadLetter(parsed, data, receivedAt);
        return persistDeadLetter(context, deadLetter, parsed.messageSid, forwards);
      }
      default:
        return parsed satisfies never;
    }
  };
}

/** The query of a GET holds the parameters themselves, so it is not signed in front of them. */
function parseUnambiguous(
  { params }: Form,
  { method, url }: WebhookRequest,
  receivedAt: number,
  classify: Classify,
): ParsedMessage {
  if (isAmbiguous(params, method === 'GET' ? '' : queryOf(url))) return AMBIGUOUS;
  const parsed = parseMessage(params, receivedAt, classify);
  const optsIn = parsed.kind === 'event' && parsed.event.kind === 'start';
  return optsIn && sidsDisagree(params) ? SIDS_DIFFER : parsed;
}

const isSuspicious = (parsed: ParsedMessage): boolean => parsed === AMBIGUOUS || parsed === SIDS_DIFFER;
