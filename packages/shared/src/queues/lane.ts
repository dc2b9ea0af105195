import { isBlockedSend } from '../domain/consent';
import type { InboundEvent } from '../domain/inbound-event';

/**
 * `live`: messages that people send now. `background`: replays, backfills and blocked sends, which start only when no live
 * job waits.
 */
export type Lane = 'live' | 'background';

/** BullMQ priorities: jobs of priority 0 start first, in order of arrival. */
export const PRIORITY: Readonly<Record<Lane, number>> = { live: 0, background: 10 };

/**
 * Returns the lane of an event that is enqueued for the first time. A campaign to many stopped numbers causes a blocked send
 * for each, by status callback and by Event Streams: they must not delay what people send.
 */
export function laneOf(event: Pick<InboundEvent, 'source' | 'orderAt' | 'occurredAt'>): Lane {
  const { source } = event;
  return source === 'backfill' || source === 'status_callback' || isBlockedSend(event)
    ? 'background'
    : 'live';
}

/** Returns the present lane of a job. */
export function laneOfJob({ priority }: { readonly priority: number }): Lane {
  return priority > PRIORITY.live ? 'background' : 'live';
}
