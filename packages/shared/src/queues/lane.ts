import type { InboundEvent } from '../domain/inbound-event';

/** `live`: new messages. `background`: replays and backfills, which start only when no live job waits. */
export type Lane = 'live' | 'background';

/** BullMQ priorities: jobs of priority 0 start first, in order of arrival. */
export const PRIORITY: Readonly<Record<Lane, number>> = { live: 0, background: 10 };

/** Returns the lane of an event that is enqueued for the first time. */
export function laneOf({ source }: Pick<InboundEvent, 'source'>): Lane {
  return source === 'backfill' ? 'background' : 'live';
}

/** Returns the present lane of a job. */
export function laneOfJob({ priority }: { readonly priority: number }): Lane {
  return priority > PRIORITY.live ? 'background' : 'live';
}
