import type { Cluster, Redis } from 'ioredis';
import type { ReconcileConfig, WorkspaceConfig } from '@optout-sync/shared/config';
import type { JobStores } from '@optout-sync/shared/dead-letters';
import type { Ledger } from '@optout-sync/shared/ledger';
import {
  enqueueDestination,
  enqueueSync,
  isDestinationQueued,
  isSyncQueued,
} from '@optout-sync/shared/queues';
import {
  CatchUpStore,
  PassRequests,
  PassStore,
  reconcileKey,
  type Findings,
  type SecondLooks,
  type UnappliedIndex,
} from '@optout-sync/shared/reconcile';
import {
  namesOf,
  type DestinationIndexes,
  type DestinationRequests,
} from '../destinations/destination-requests';
import type { SyncTarget } from '../destinations/sync-target';
import type { ForcedSyncRequests } from './forced-sync-requests';
import { configDigest } from './config-digest';
import { Lease } from './lease';
import { LedgerWalk } from './ledger-walk';
import { NativeCatchUp, type CatchUpEvents } from './native-catch-up';
import { Reconciler, type ReconcilerEvents } from './reconciler';
import { RequestedPasses, type RequestedPassEvents } from './requested-pass';
import { Sweep, type SweepEvents } from './sweep';
import type { ReconcileTimes } from './times';
import { UnappliedSearch, type SearchedJobs, type UnappliedEvents } from './unapplied-search';

export interface ReconcileEvents
  extends ReconcilerEvents, SweepEvents, RequestedPassEvents, UnappliedEvents, CatchUpEvents {
  /** The workspace has nothing that could be compared. */
  notReconciled(workspace: string): void;
}

interface ReconcileContext {
  readonly redis: Redis | Cluster;
  readonly config: {
    readonly redis: { readonly prefix: string };
    readonly workspaces: readonly WorkspaceConfig[];
    readonly reconcile: ReconcileConfig;
    readonly retentionMs?: number | undefined;
  };
  readonly reconcileTimes: ReconcileTimes;
  readonly ledger: Ledger;
  readonly queues: Pick<JobStores, 'syncOf' | 'destinationOf' | 'deadLetters'>;
  readonly forcedSyncs: ForcedSyncRequests;
  readonly looks: SecondLooks;
  readonly findings: Findings;
  readonly unapplied: UnappliedIndex;
  readonly destinationIndexes: DestinationIndexes;
  readonly destinationRequests: DestinationRequests;
  readonly workspaces: ReadonlyMap<string, SyncTarget>;
  readonly telemetry: ReconcileEvents;
  readonly now: () => number;
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
    now: () => context.ledger.now(),
    lease: new Lease(redis, reconcileKey(prefix, name, 'lease'), times.leaseMs),
    unappliedSearches: createSearches(context, name),
    nativeCatchUp: createCatchUp(context, workspace),
    comparison,
    telemetry,
  });
}

/** The searches for lost jobs, of the syncs and of the optional destinations that are configured. */
function createSearches(context: ReconcileContext, workspace: string): UnappliedSearch[] {
  const { queues, unapplied, destinationIndexes, reconcileTimes, telemetry, now } = context;
  const searchOf = (index: Pick<UnappliedIndex, 'list'>, jobs: SearchedJobs): UnappliedSearch =>
    new UnappliedSearch({
      workspace,
      unapplied: index,
      jobs,
      afterMs: reconcileTimes.unappliedAfterMs,
      now,
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

function createCatchUp(context: ReconcileContext, { name, lookup }: WorkspaceConfig): NativeCatchUp {
  const { redis, config, ledger, destinationIndexes, destinationRequests, telemetry } = context;
  return new NativeCatchUp({
    workspace: name,
    isOn: context.workspaces.get(name)?.optional.native !== undefined,
    needsPeople: lookup === 'search',
    ledger,
    store: new CatchUpStore(redis, config.redis.prefix, 'native'),
    index: destinationIndexes.native,
    requests: destinationRequests,
    telemetry,
  });
}

function createComparison(
  context: ReconcileContext,
  workspace: WorkspaceConfig,
): ConstructorParameters<typeof Reconciler>[0]['comparison'] {
  const { redis, config, reconcileTimes: times, looks, findings, forcedSyncs: requests } = context;
  const { periodMs, mode } = config.reconcile;
  const { name, appRps } = workspace;
  const passes = new PassStore(redis, config.redis.prefix, name);
  const common = { ...context, workspace: name, requests };
  const { retentionMs } = config;
  const walk = (): LedgerWalk => new LedgerWalk({ ...common, retentionMs });
  const sweepOf = (period: number): Sweep =>
    new Sweep({
      ...common,
      periodMs: period,
      mode,
      firstReportMs: times.firstReportMs,
      stallMs: times.stallMs,
      configDigest: configDigest(workspace),
      pageSize: pageSizeOf(appRps * MAX_SHARE, times),
      passes,
      walk: walk(),
    });
  return {
    passes,
    requests,
    looks,
    findings,
    requestedPasses: new RequestedPasses({
      ...common,
      pageSize: pageSizeOf(appRps, times),
      passes: new PassRequests(redis, config.redis.prefix),
      sweeps: passes,
      walk: walk(),
    }),
    mode: mode ?? 'enforce',
    sweep: periodMs === undefined ? undefined : sweepOf(periodMs),
    periodMs: periodMs ?? Infinity,
  };
}

/** How many phones a round asks to compare, so that their requests take about the time of the round. */
function pageSizeOf(requestsPerSecond: number, { roundMs }: ReconcileTimes): number {
  return Math.max(1, Math.floor((requestsPerSecond * ENTRIES_PER_REQUEST * roundMs) / 1_000));
}
