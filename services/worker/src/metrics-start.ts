import { STAGE_CODES, Stage, failureCodesOf } from '@optout-sync/shared/dead-letters';
import {
  Channel,
  DestinationName,
  EventKind,
  EventSource,
  OUTCOMES,
  SENT_RELATIONS,
} from '@optout-sync/shared/domain';
import { LANES, QUEUES, destinationQueueName, laneOf, syncQueueName } from '@optout-sync/shared/queues';
import { DriftKind } from '@optout-sync/shared/reconcile';
import type { WorkerMetrics } from './metrics';
import { PERSON_OUTCOMES } from './people/people-job';

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
  for (const relation of SENT_RELATIONS) {
    if (relation !== 'allowed') metrics.sentAfter.inc({ relation }, 0);
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
  metrics.reconcileChecked.inc({ workspace }, 0);
  for (const kind of DriftKind.options) {
    for (const action of ['written', 'reported']) metrics.reconcileDrift.inc({ workspace, kind, action }, 0);
  }
  metrics.reconcileDrift.inc({ workspace, kind: 'unapplied', action: 'requested' }, 0);
  for (const outcome of PERSON_OUTCOMES) metrics.peopleChanges.inc({ workspace, outcome }, 0);
  for (const source of EventSource.options) {
    const lane = laneOf({ source, occurredAt: 0 });
    for (const kind of EventKind.options) {
      for (const outcome of OUTCOMES) metrics.outcomes.inc({ outcome, kind, source, lane, workspace }, 0);
    }
    for (const kind of WRITTEN_KINDS) metrics.endToEnd.zero({ source, kind, lane, workspace });
  }
}

/** What the jobs of a queue do, and for which workspace; none where the queue is that of all. */
interface QueuePurpose {
  readonly stage: Exclude<Stage, 'ingest'>;
  readonly workspace: string;
}

/** The purpose of each queue. A queue of replay runs has none: its jobs become no dead letters. */
export function purposesOf(workspaces: readonly string[]): ReadonlyMap<string, QueuePurpose> {
  const ofAll = { inbound: 'record', forwards: 'forward', people: 'people', batches: 'batch' } as const;
  const shared = Object.entries(ofAll).map(
    ([name, stage]) => [QUEUES[name as keyof typeof ofAll], { stage, workspace: NO_WORKSPACE }] as const,
  );
  const own = workspaces.flatMap((workspace) => [
    [syncQueueName(workspace), { stage: 'sync', workspace }] as const,
    ...DestinationName.options.map(
      (stage) => [destinationQueueName(stage, workspace), { stage, workspace }] as const,
    ),
  ]);
  return new Map<string, QueuePurpose>([...shared, ...own]);
}

/** What a newer version writes; see `parsePayload`. */
const UNSUPPORTED = /_(?:version|value)_unknown$/;

/** Lets the series of a queue start at 0 once it is consumed. */
export function startQueue(metrics: WorkerMetrics, queue: string, purpose: QueuePurpose | undefined): void {
  metrics.consumerErrors.inc({ queue }, 0);
  metrics.stalled.inc({ queue }, 0);
  metrics.jobSeconds.zero({ queue });
  for (const lane of LANES) metrics.jobWait.zero({ queue, lane });
  for (const outcome of ['retry', 'dead_letter']) metrics.jobs.inc({ queue, outcome }, 0);
  if (!purpose) return;
  const { stage, workspace } = purpose;
  for (const code of failureCodesOf(stage)) {
    metrics.jobFailures.inc({ queue, code, workspace }, 0);
    if (UNSUPPORTED.test(code)) metrics.unsupported.inc({ queue, code }, 0);
  }
}
