import { persistDeadLetter, persistEvent } from '../../inbound/persist';
import type { RouteContext } from '../../inbound/route-context';
import { unprocessableDeadLetter } from '../../inbound/unprocessable';
import type { WebhookResult } from '../../webhook/receiver';
import type { Params } from '../../webhook/request';
import { parseStatus } from './parse';

const IGNORED: WebhookResult = { outcome: 'ignored', logFields: {} };

/** Handles status callbacks: a blocked message is an opt-out, any other callback (`undefined`) is ignored. */
export function createStatusHandler(
  context: Pick<RouteContext, 'store' | 'telemetry' | 'now'>,
): (blocked: Params | undefined) => Promise<WebhookResult> {
  return async (params) => {
    if (!params) return IGNORED;
    const receivedAt = context.now();
    const parsed = parseStatus(params, receivedAt);
    if (parsed.kind === 'event') return persistEvent(context.store, parsed.event);
    const deadLetter = unprocessableDeadLetter(parsed, { route: 'status', params }, receivedAt);
    return persistDeadLetter(context, deadLetter, parsed.messageSid);
  };
}
