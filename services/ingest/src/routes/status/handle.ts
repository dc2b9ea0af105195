import { nameSendError } from '@optout-sync/shared/domain';
import { persistDeadLetter, persistEvent, type DeadLetterEvents } from '../../inbound/persist';
import type { RouteContext, SendErrorEvents } from '../../inbound/route-context';
import { unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import type { WebhookResult } from '../../webhook/receiver';
import type { StatusCallback } from './authenticate';
import { parseStatus } from './parse';

const IGNORED: WebhookResult = { outcome: 'ignored', logFields: {} };

/** Handles status callbacks: a blocked send is an opt-out or to be reviewed; of any other the error code is counted. */
export function createStatusHandler(
  context: Pick<RouteContext<DeadLetterEvents & SendErrorEvents>, 'store' | 'telemetry' | 'now'>,
): (callback: StatusCallback) => Promise<WebhookResult> {
  return async (callback) => {
    if (callback.kind === 'ignored') {
      const code = nameSendError(callback.errorCode);
      if (code) context.telemetry.sendErrorIgnored('status', code);
      return IGNORED;
    }
    const { params, action } = callback;
    const receivedAt = context.now();
    const parsed = parseStatus(params, action, receivedAt);
    if (parsed.kind === 'event') return persistEvent(context.store, parsed.event);
    const deadLetter = unprocessableDeadLetter(parsed, { route: 'status', params }, receivedAt);
    return persistDeadLetter(context, deadLetter, parsed.messageSid);
  };
}
