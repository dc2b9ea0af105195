import type { InboundEvent, Outcome } from '@optout-sync/shared/domain';
import type { WorkerMetrics } from './metrics';
import type { EventPlace } from './runner/job-kind';

/** Counts how events end, and how long it takes. @param now in ms since 1970, by the clock that events are received by */
export function eventCounters(metrics: WorkerMetrics, now: () => number) {
  return {
    ended: (
      outcome: Outcome,
      { kind, source }: Pick<InboundEvent, 'kind' | 'source'>,
      { workspace, lane }: EventPlace,
    ): void => {
      metrics.outcomes.inc({ outcome, kind, source, lane, workspace });
    },
    /** Customer.io holds an event from now on. */
    reached: (
      { kind, source, receivedAt }: Pick<InboundEvent, 'kind' | 'source' | 'receivedAt'>,
      { workspace, lane }: EventPlace,
    ): void => {
      // A negative time would lower the sum, which looks like a restart.
      const seconds = Math.max(0, now() - receivedAt) / 1_000;
      metrics.endToEnd.observe({ source, kind, lane, workspace }, seconds);
    },
  };
}
