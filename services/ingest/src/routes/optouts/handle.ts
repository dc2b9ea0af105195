import { Turns } from '@optout-sync/shared/event-streams';
import { eventLogFields } from '../../inbound/log-fields';
import { persistOrThrow } from '../../inbound/persist';
import type { RouteContext } from '../../inbound/route-context';
import { createRateLimit } from '../../webhook/rate-limit';
import type { WebhookResult } from '../../webhook/receiver';
import { WebhookError } from '../../webhook/webhook-error';
import type { IntakeCall } from './authenticate';
import { InvalidOptOuts } from './invalid-optouts';
import { parseOptOuts } from './parse';

/** Opt-outs in one request. */
const MOST_ITEMS = 1_000;

/** Opt-outs of one system in a minute, at each ingest: more than forms and help desks send, fewer than delay what people text. */
const ITEMS_PER_MINUTE = 6_000;

/** Events stored at once: building the command for Redis must not keep the event loop. */
const STORED_AT_ONCE = 100;

/** The result of a call, with what its answer says. */
export interface IntakeResult extends WebhookResult {
  /** How many items were accepted. */
  readonly accepted: number;
  /** By which `optout-sync` finds the messages: one for each sender of each item. */
  readonly messageSids: readonly string[];
}

/** Handles reports of other systems. Either everything of a request is stored, or it is refused and can be repeated. */
export function createIntakeHandler({
  store,
  now,
}: Pick<RouteContext, 'store' | 'now'>): (call: IntakeCall) => Promise<IntakeResult> {
  const spend = createRateLimit(ITEMS_PER_MINUTE);
  const turns = new Turns();
  return async ({ client, json }) => {
    const items: readonly unknown[] = Array.isArray(json) ? json : [json];
    if (items.length > MOST_ITEMS) throw new WebhookError('too_many_optouts', { client: client.name });
    await spend(client.name, Math.max(items.length, 1));
    const parsed = await turns.take((pause) => parseOptOuts(items, client, now(), pause));
    if (parsed.kind === 'invalid') throw new InvalidOptOuts(client.name, parsed.errors);
    const { events } = parsed;
    const [first, ...others] = events;
    const logFields = {
      client: client.name,
      optouts: String(items.length),
      ...(first && others.length === 0 && eventLogFields(first)),
    };
    const kept = new Set<WebhookResult['kept']>();
    for (let start = 0; start < events.length; start += STORED_AT_ONCE) {
      const batch = { events: events.slice(start, start + STORED_AT_ONCE) };
      kept.add(await persistOrThrow(store, batch, logFields));
    }
    return {
      outcome: events.length > 0 ? 'accepted' : 'ignored',
      // Where any part of it is in the spool, the request depends on that.
      kept: kept.has('spool') ? 'spool' : kept.has('redis') ? 'redis' : undefined,
      logFields,
      accepted: items.length,
      messageSids: events.map(({ messageSid }) => messageSid),
    };
  };
}
