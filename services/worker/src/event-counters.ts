import type { InboundEvent, Outcome } from '@optout-sync/shared/domain';
import type { WorkerMetrics } from './metrics';
import type { EventPlace } from './runner/job-kind';

/** Counts how events end, and how long it takes. */
export function eventCounters(metrics: WorkerMetrics) {
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
      metrics.endToEnd.observe({ source, kind, lane, workspace }, (Date.now() - receivedAt) / 1_000);
    },
  };
}
