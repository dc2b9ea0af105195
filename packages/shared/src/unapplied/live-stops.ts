import type { InboundEvent } from '../domain/inbound-event';
import { laneOf } from '../queues/lane';

/** In ms. The objective: a live opt-out is written within this time from when it was received. */
export const LATE_MS = 60_000;

/** Live opt-outs of a workspace that Customer.io does not hold yet. Times in ms since 1970. */
export interface LiveStops {
  readonly count: number;
  /** How many were received more than a minute ago. */
  readonly late: number;
  /** When the first was received; undefined where there is none. */
  readonly oldest: number | undefined;
}

/** Live opt-outs by workspace; one without any may be missing. */
export type LiveStopsByWorkspace = ReadonlyMap<string, LiveStops>;

export const NO_LIVE_STOPS: LiveStops = { count: 0, late: 0, oldest: undefined };

/** The live opt-outs in several places together. */
export function sumLiveStops(places: readonly LiveStops[]): LiveStops {
  return places.reduce(
    (sum, { count, late, oldest }) => ({
      count: sum.count + count,
      late: sum.late + late,
      oldest: oldest === undefined ? sum.oldest : Math.min(oldest, sum.oldest ?? oldest),
    }),
    NO_LIVE_STOPS,
  );
}

/** Counts live opt-outs of which the times of receipt are known, in ms since 1970. */
export function countLiveStops(receivedAt: readonly number[], now: number): LiveStops {
  return sumLiveStops(
    receivedAt.map((oldest) => ({ count: 1, late: oldest < now - LATE_MS ? 1 : 0, oldest })),
  );
}

/** Whether the objective counts an event that is enqueued for the first time: an opt-out that somebody sends now. */
export function isLiveStop(event: Pick<InboundEvent, 'kind' | 'source' | 'orderAt' | 'occurredAt'>): boolean {
  return event.kind === 'stop' && laneOf(event) === 'live';
}
