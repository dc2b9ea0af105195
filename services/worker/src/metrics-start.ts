import { STAGE_CODES, Stage } from '@optout-sync/shared/dead-letters';
import { Channel, DestinationName, EventKind, EventSource, OUTCOMES } from '@optout-sync/shared/domain';
import { destinationQueueName, laneOf, syncQueueName } from '@optout-sync/shared/queues';
import type { WorkerMetrics } from './metrics';

/** The workspace of what belongs to none, or to one that is not known: Prometheus has no such label then. */
export const NO_WORKSPACE = '';

/** Kinds that change what Customer.io holds. */
const WRITTEN_KINDS = ['stop', 'start'] as const;

/**
 * Lets the series of closed label sets start at 0, so that the first increment shows as an increase: outcomes in the lane in which an
 * event of each source arrives, and dead letters.
 */
export function startAtZero(metrics: WorkerMetrics, workspaces: readonly string[]): void {
  for (const workspace of workspaces) startWorkspace(metrics, workspace);
  for (const channel of Channel.options) {
    metrics.people.inc({ channel }, 0);
    for (const kind of WRITTEN_KINDS) metrics.ledgerChanges.inc({ kind, channel }, 0);
  }
  for (const outcome of ['done', 'failed']) metrics.replayedDeadLetters.inc({ outcome }, 0);
  for (const stage of Stage.options) {
    if (stage === 'ingest') continue;
    // A forward belongs to no workspace.
    for (const workspace of stage === 'forward' ? [NO_WORKSPACE] : workspaces) {
      for (const code of STAGE_CODES[stage]) metrics.deadLetters.inc({ stage, code, workspace }, 0);
    }
  }
}

function startWorkspace(metrics: WorkerMetrics, workspace: string): void {
  metrics.unsearchedFormats.inc({ workspace }, 0);
  for (const source of EventSource.options) {
    const lane = laneOf({ source, occurredAt: 0 });
    for (const kind of EventKind.options) {
      for (const outcome of OUTCOMES) metrics.outcomes.inc({ outcome, kind, source, lane, workspace }, 0);
    }
    for (const kind of WRITTEN_KINDS) metrics.endToEnd.zero({ source, kind, lane, workspace });
  }
}

/** The workspace of each queue that belongs to one. */
export function workspacesOfQueues(workspaces: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    workspaces.flatMap((workspace) =>
      [
        syncQueueName(workspace),
        ...DestinationName.options.map((name) => destinationQueueName(name, workspace)),
      ].map((queue) => [queue, workspace] as const),
    ),
  );
}
