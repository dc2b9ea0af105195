import { isBlockedSend } from '../domain/consent';
import type { EventSource, InboundEvent } from '../domain/inbound-event';
import type { Reason } from '../domain/reason';

/**
 * Each starts only when no job of those before it waits. `live`: messages that people send now. `prompt`: people who were
 * created in Customer.io or changed their number. `background`: replays, backfills, blocked sends and the sweep.
 */
export const LANES = ['live', 'prompt', 'background'] as const;
export type Lane = (typeof LANES)[number];

/** BullMQ priorities: jobs of priority 0 start first, in order of arrival, then those of the lowest number. */
export const PRIORITY: Readonly<Record<Lane, number>> = { live: 0, prompt: 5, background: 10 };

const BACKGROUND_SOURCES: ReadonlySet<EventSource> = new Set(['backfill', 'import', 'status_callback']);
/** Twilio, or Customer.io, has such an opt-out already. */
const BACKGROUND_REASONS: ReadonlySet<Reason | undefined> = new Set(['reassigned', 'customerio']);

/**
 * Returns the lane of an event that is enqueued for the first time. A campaign to many stopped numbers causes a blocked send
 * for each, by status callback and by Event Streams, and one to an old list many reassigned numbers; a page of opt-outs from Customer.io has
 * up to 1,000. They must not delay what people send.
 */
export function laneOf(event: Pick<InboundEvent, 'source' | 'orderAt' | 'occurredAt' | 'reason'>): Lane {
  const isBackground =
    BACKGROUND_SOURCES.has(event.source) || isBlockedSend(event) || BACKGROUND_REASONS.has(event.reason);
  return isBackground ? 'background' : 'live';
}

/** Returns the present lane of a job. */
export function laneOfJob({ priority }: { readonly priority: number }): Lane {
  if (priority > PRIORITY.prompt) return 'background';
  return priority > PRIORITY.live ? 'prompt' : 'live';
}
