import { nameSendError } from '@optout-sync/shared/domain';
import { persistDeadLetter, persistEvent, type DeadLetterEvents } from '../../inbound/persist';
import type { RouteContext, SendErrorEvents, SuspicionEvents } from '../../inbound/route-context';
import { AMBIGUOUS, unprocessableDeadLetter } from '@optout-sync/shared/dead-letters';
import type { WebhookResult } from '../../webhook/receiver';
import { queryOf } from '../../webhook/form';
import type { WebhookRequest } from '../../webhook/request';
import { isAmbiguous, sidsDisagree, signedDigest } from '../../webhook/signed-pairs';
import type { StatusCallback } from './authenticate';
import { parseStatus } from './parse';

const IGNORED: WebhookResult = { outcome: 'ignored', logFields: {} };

/** Handles status callbacks: a blocked send is an opt-out or to be reviewed; of any other the error code is counted. */
export function createStatusHandler(
  context: Pick<
    RouteContext<DeadLetterEvents & SendErrorEvents & SuspicionEvents>,
    'store' | 'telemetry' | 'now'
  >,
): (callback: StatusCallback, request: Pick<WebhookRequest, 'method' | 'url'>) => Promise<WebhookResult> {
  return async (callback, { method, url }) => {
    if (callback.kind === 'ignored') {
      const code = nameSendError(callback.errorCode);
      if (code) context.telemetry.sendErrorIgnored('status', code);
      return IGNORED;
    }
    const { params, action } = callback;
    const receivedAt = context.now();
    const parsed = isAmbiguous(params, method === 'GET' ? '' : queryOf(url))
      ? AMBIGUOUS
      : parseStatus(params, action, receivedAt);
    if (parsed.kind === 'event') {
      const result = await persistEvent(context.store, parsed.event);
      if (sidsDisagree(params)) context.telemetry.sidsDiffered('status', parsed.event.messageSid);
      return result;
    }
    const data = { route: 'status', params, signed: signedDigest(params) } as const;
    const deadLetter = unprocessableDeadLetter(parsed, data, receivedAt);
    return persistDeadLetter(context, deadLetter, parsed.messageSid);
  };
}
