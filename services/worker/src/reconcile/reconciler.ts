import { setTimeout as delay } from 'node:timers/promises';
import type { ReconcileMode } from '@optout-sync/shared/domain';
import type { SecondLooks, PassState, PassStore } from '@optout-sync/shared/reconcile';
import type { ForcedSyncRequests } from './forced-sync-requests';
import type { Lease } from './lease';
import type { Sweep } from './sweep';
import type { ReconcileTimes } from './times';
import type { UnappliedSearch } from './unapplied-search';

export interface ReconcilerEvents {
  /** @param lastPassAt when the last full pass ended, else when the workspace was first seen, in ms since 1970 */
  passState(workspace: string, lastPassAt: number, isOverrun: boolean): void;
  reconcileFailed(workspace: string, error: unknown): void;
}

interface ReconcilerOptions {
  readonly workspace: string;
  readonly times: ReconcileTimes;
  readonly lease: Lease;
  /** One for the syncs, one for each optional destination. */
  readonly unappliedSearches: readonly UnappliedSearch[];
  /** Missing where no attribute is written: there is nothing to compare. */
  readonly comparison?:
    | {
        readonly passes: PassStore;
        readonly requests: ForcedSyncRequests;
        readonly looks: SecondLooks;
        /** Of second looks. */
        readonly mode: ReconcileMode;
        /** Missing when it is off. */
        readonly sweep: Sweep | undefined;
        readonly periodMs: number;
      }
    | undefined;
  readonly telemetry: ReconcilerEvents;
}

/**
 * Compares one workspace with the ledger, for ever. Every worker has one for each workspace; the holder of the lease works.
 *
 *   waiting  another worker holds the lease. -> working when that one stops, or when its lease expires
 *   working  each round requests what is due. -> waiting when another worker took the lease over
 *
 * A round that fails, as while Redis is away, is repeated with the next one.
 */
export class Reconciler {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private searchedAt = -Infinity;

  constructor(private readonly options: ReconcilerOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves when the round under way has ended and the lease is free. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { workspace, times, lease, telemetry } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.round().catch((error: unknown) => {
        if (!signal.aborted) telemetry.reconcileFailed(workspace, error);
      });
      await delay(times.roundMs, undefined, { signal }).catch(() => undefined);
    }
    await lease.release().catch(() => undefined);
  }

  private async round(): Promise<void> {
    const { lease, comparison } = this.options;
    const now = Date.now();
    const state = await comparison?.passes.read(now);
    if (state) this.reportPass(now, state);
    if (!(await lease.hold())) return;
    await this.searchLost(now);
    if (!comparison || !state) return;
    await this.lookAgain();
    await comparison.sweep?.step(now, state);
  }

  private async searchLost(now: number): Promise<void> {
    const { workspace, times, unappliedSearches, comparison } = this.options;
    if (now < this.searchedAt + times.unappliedEveryMs) return;
    this.searchedAt = now;
    for (const search of unappliedSearches) await search.run();
    await comparison?.requests.repeatLost(workspace, times.unappliedAfterMs);
  }

  private async lookAgain(): Promise<void> {
    const { workspace, comparison } = this.options;
    if (!comparison) return;
    const { requests, looks, mode } = comparison;
    const capacity = await requests.capacity(workspace);
    if (capacity <= 0) return;
    for (const look of await looks.due(workspace, capacity)) {
      await requests.request(look.subject, { reason: 'second_look', mode });
      await looks.remove(look);
    }
  }

  private reportPass(now: number, { firstSeenAt, startedAt = now, endedAt, running }: PassState): void {
    const { workspace, comparison, telemetry } = this.options;
    if (!comparison?.sweep) return;
    const isOverrun = running && now - startedAt > comparison.periodMs;
    telemetry.passState(workspace, endedAt ?? firstSeenAt, isOverrun);
  }
}
