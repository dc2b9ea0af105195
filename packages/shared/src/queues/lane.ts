import type { InboundEvent } from '../domain/inbound-event';

/** `live`: somebody said it just now. `background`: replays and backfills, which wait until nothing live does. */
export type Lane = 'live' | 'background';

/** BullMQ's: jobs of 0 go first, in the order they came. */
export const PRIORITY: Readonly<Record<Lane, number>> = { live: 0, background: 10 };

/** The lane of an event that comes for the first time. */
export function laneOf({ source }: Pick<InboundEvent, 'source'>): Lane {
  return source === 'backfill' ? 'background' : 'live';
}

/** The lane of a job, as it is now. */
export function laneOfJob({ priority }: { readonly priority: number }): Lane {
  return priority > PRIORITY.live ? 'background' : 'live';
}
