import type { EventKind } from '@optout-sync/shared/domain';
import { persistDeadLetter, persistEvent } from '../../inbound/persist';
import type { RouteContext } from '../../inbound/route-context';
import { unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import type { WebhookResult } from '../../webhook/receiver';
import type { StudioCall } from './authenticate';
import { parseStudioCall } from './parse';

/** The result of a call, with the classification of its message for the answer. */
export interface StudioResult extends WebhookResult {
  readonly kind: EventKind | 'none';
}

/** Handles calls from Studio flows and Functions. */
export function createStudioHandler(context: RouteContext): (call: StudioCall) => Promise<StudioResult> {
  const { store, now, classify } = context;
  return async (call) => {
    const receivedAt = now();
    const parsed = parseStudioCall(call, receivedAt, classify);
    switch (parsed.kind) {
      case 'not_a_keyword':
        return { outcome: 'not_a_keyword', logFields: {}, kind: 'none' };
      case 'event':
        return { ...(await persistEvent(store, parsed.event)), kind: parsed.event.kind };
      case 'unprocessable': {
        const { params, signed } = call;
        const data = { route: 'studio', params, ...(signed !== undefined && { signed }) } as const;
        const deadLetter = unprocessableDeadLetter(parsed, data, receivedAt);
        const result = await persistDeadLetter(context, deadLetter, parsed.messageSid);
        return { ...result, kind: parsed.eventKind };
      }
      default:
        return parsed satisfies never;
    }
  };
}
