import type { Registry } from 'prom-client';
import { EventKind, EventSource } from '../domain/inbound-event';
import type { WorkspaceOf } from '../domain/subject';
import { ENQUEUE_RESULTS, type EnqueuedEvent } from '../queues/enqueue-inbound';
import { laneOf } from '../queues/lane';
import { metricsOf, type MetricDefinition } from './metric-definitions';

/**
 * What is counted of the events that Twilio delivers, by the process that enqueues them.
 *
 * @public for the tests of the documents
 */
export const ENQUEUE_METRICS = {
  enqueued: {
    name: 'optout_enqueued_total',
    help: 'Events from Twilio that went into their queue: `new`, and optout_events_total has its outcome later; or `folded` into the same message, which waited there.',
    type: 'counter',
    labels: ['result', 'kind', 'source', 'lane', 'workspace'],
  },
  arrivalLag: {
    name: 'optout_arrival_lag_seconds',
    help: 'Time from when a message was sent, or failed, by its own time until it was received; only sources that tell the time.',
    type: 'histogram',
    labels: ['source'],
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 43_200, 86_400],
  },
} as const satisfies Record<string, MetricDefinition>;

/** Webhooks and status callbacks do not say when the message was sent. */
const TIMED_SOURCES: readonly EventSource[] = ['event_stream'];
/** What commands enqueue is counted nowhere: they have no metrics. */
const BY_COMMAND: readonly EventSource[] = ['backfill', 'manual', 'import'];

/** Returns a function that counts events which are enqueued. */
export function enqueueCounters(
  registry: Registry,
  workspaces: readonly string[],
  workspaceOf: WorkspaceOf,
): (events: readonly EnqueuedEvent[]) => void {
  const { enqueued, arrivalLag } = metricsOf(registry, ENQUEUE_METRICS);
  for (const source of TIMED_SOURCES) arrivalLag.zero({ source });
  for (const source of EventSource.options.filter((name) => !BY_COMMAND.includes(name))) {
    const lane = laneOf({ source, occurredAt: 0 });
    for (const kind of EventKind.options) {
      for (const result of ENQUEUE_RESULTS) {
        for (const workspace of workspaces) enqueued.inc({ result, kind, source, lane, workspace }, 0);
      }
    }
  }
  return (events) => {
    for (const { event, lane, result } of events) {
      const { kind, source, accountSid, sender, occurredAt, receivedAt } = event;
      enqueued.inc({ result, kind, source, lane, workspace: workspaceOf(accountSid, sender) ?? '' });
      if (!TIMED_SOURCES.includes(source)) continue;
      arrivalLag.observe({ source }, Math.max(0, receivedAt - occurredAt) / 1_000);
    }
  };
}
