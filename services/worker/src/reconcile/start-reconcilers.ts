import type { Cluster, Redis } from 'ioredis';
import type { ReconcileConfig, WorkspaceConfig } from '@optout-sync/shared/config';
import type { Ledger } from '@optout-sync/shared/ledger';
import {
  enqueueDestination,
  enqueueSync,
  isDestinationQueued,
  isSyncQueued,
  type Queues,
} from '@optout-sync/shared/queues';
import {
  reconcileKey,
  type SecondLooks,
  type UnappliedIndex,
  PassStore,
} from '@optout-sync/shared/reconcile';
import { namesOf, type DestinationIndexes } from '../destinations/destination-requests';
import type { SyncTarget } from '../destinations/sync-target';
import type { ForcedSyncRequests } from './forced-sync-requests';
import { Lease } from './lease';
import { Reconciler, type ReconcilerEvents } from './reconciler';
import { Sweep, type SweepEvents } from './sweep';
import type { ReconcileTimes } from './times';
import { UnappliedSearch, type SearchedJobs, type UnappliedEvents } from './unapplied-search';

export interface ReconcileEvents extends ReconcilerEvents, SweepEvents, UnappliedEvents {
  /** The workspace has nothing that could be compared. */
  notReconciled(workspace: string): void;
}

interface ReconcileContext {
  readonly redis: Redis | Cluster;
  readonly config: {
    readonly redis: { readonly prefix: string };
    readonly workspaces: readonly WorkspaceConfig[];
    readonly reconcile: ReconcileConfig;
  };
  readonly reconcileTimes: ReconcileTimes;
  readonly ledger: Ledger;
  readonly queues: Pick<Queues, 'shardOf'>;
  readonly forcedSyncs: ForcedSyncRequests;
  readonly looks: SecondLooks;
  readonly unapplied: UnappliedIndex;
  readonly destinationIndexes: DestinationIndexes;
  readonly workspaces: ReadonlyMap<string, SyncTarget>;
  readonly telemetry: ReconcileEvents;
}

/** Entries that a request of the App API compares, about: three requests for a full batch of 100. */
const ENTRIES_PER_REQUEST = 33;
/** The share of CUSTOMERIO_APP_RPS that a sweep uses at most. */
const MAX_SHARE = 1 / 4;

/** Starts the reconciler of every workspace. The returned function stops them. */
export function startReconcilers(context: ReconcileContext): () => Promise<void> {
  const reconcilers = context.config.workspaces.map((workspace) => createReconciler(context, workspace));
  for (const reconciler of reconcilers) reconciler.start();
  return async () => {
    await Promise.all(reconcilers.map((reconciler) => reconciler.stop()));
  };
}

function createReconciler(context: ReconcileContext, workspace: WorkspaceConfig): Reconciler {
  const { redis, reconcileTimes: times, telemetry } = context;
  const { prefix } = context.config.redis;
  const { name } = workspace;
  const comparison = context.workspaces.get(name)?.compare ? createComparison(context, workspace) : undefined;
  if (!comparison) telemetry.notReconciled(name);
  return new Reconciler({
    workspace: name,
    times,
    lease: new Lease(redis, reconcileKey(prefix, name, 'lease'), times.leaseMs),
    unappliedSearches: createSearches(context, name),
    comparison,
    telemetry,
  });
}

/** The searches for lost jobs, of the syncs and of the optional destinations that are configured. */
function createSearches(context: ReconcileContext, workspace: string): UnappliedSearch[] {
  const { queues, unapplied, destinationIndexes, reconcileTimes, telemetry } = context;
  const searchOf = (index: Pick<UnappliedIndex, 'list'>, jobs: SearchedJobs): UnappliedSearch =>
    new UnappliedSearch({
      workspace,
      unapplied: index,
      jobs,
      afterMs: reconcileTimes.unappliedAfterMs,
      telemetry,
    });
  const names = namesOf(context.workspaces.get(workspace)?.optional ?? {});
  return [
    searchOf(unapplied, {
      isQueued: (subject) => isSyncQueued(queues, subject),
      enqueue: (subject, lane) => enqueueSync(queues, { version: 1, ...subject }, { lane }),
    }),
    ...names.map((destination) =>
      searchOf(destinationIndexes[destination], {
        destination,
        isQueued: (subject) => isDestinationQueued(queues, destination, subject),
        enqueue: (subject, lane) =>
          enqueueDestination(queues, destination, { version: 1, ...subject }, { lane }),
      }),
    ),
  ];
}

function createComparison(
  context: ReconcileContext,
  { name, policy, appRps }: WorkspaceConfig,
): ConstructorParameters<typeof Reconciler>[0]['comparison'] {
  const {
    redis,
    config,
    reconcileTimes: times,
    ledger,
    looks,
    unapplied,
    forcedSyncs: requests,
    telemetry,
  } = context;
  const { periodMs, mode } = config.reconcile;
  const passes = new PassStore(redis, config.redis.prefix, name);
  const entriesPerSecond = appRps * MAX_SHARE * ENTRIES_PER_REQUEST;
  const pageSize = Math.max(1, Math.floor((entriesPerSecond * times.roundMs) / 1_000));
  const sweepOf = (period: number): Sweep =>
    new Sweep({
      workspace: name,
      policy,
      periodMs: period,
      mode,
      firstReportMs: times.firstReportMs,
      pageSize,
      ledger,
      passes,
      unapplied,
      requests,
      telemetry,
    });
  return {
    passes,
    requests,
    looks,
    mode: mode ?? 'enforce',
    sweep: periodMs === undefined ? undefined : sweepOf(periodMs),
    periodMs: periodMs ?? Infinity,
  };
}
