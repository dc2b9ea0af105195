import type { ReconcileMode } from '@optout-sync/shared/domain';
import type { DriftKind, Findings, PassState, PassStore, SecondLooks } from '@optout-sync/shared/reconcile';
import { Rounds } from '../lib/rounds';
import type { ForcedSyncRequests } from './forced-sync-requests';
import type { Lease } from './lease';
import type { NativeCatchUp } from './native-catch-up';
import type { RequestedPasses } from './requested-pass';
import type { Sweep } from './sweep';
import type { ReconcileTimes } from './times';
import type { UnappliedSearch } from './unapplied-search';

/** What every worker reports of the sweep of a workspace. */
interface PassGauges {
  /** Missing when it is off. */
  readonly sweep:
    | {
        /** In ms, since the last full pass ended, else since the workspace was first seen. */
        readonly ageMs: number;
        readonly isOverrun: boolean;
      }
    | undefined;
  /** Opt-outs that the latest pass reached and that Customer.io has never been read for. */
  readonly unverified: number;
  /** How many phones are listed by what differs still. */
  readonly findings: Readonly<Record<DriftKind, number>>;
}

export interface ReconcilerEvents {
  passState(workspace: string, state: PassGauges): void;
  reconcileFailed(workspace: string, error: unknown): void;
}

interface ReconcilerOptions {
  readonly workspace: string;
  readonly times: ReconcileTimes;
  readonly lease: Lease;
  /** Returns Redis' time, in ms since 1970: the clocks of workers may differ. */
  readonly now: () => Promise<number>;
  /** One for the syncs, one for each optional destination. */
  readonly unappliedSearches: readonly UnappliedSearch[];
  readonly nativeCatchUp: NativeCatchUp;
  /** Missing where no attribute is written: there is nothing to compare. */
  readonly comparison?:
    | {
        readonly passes: PassStore;
        readonly requests: ForcedSyncRequests;
        readonly looks: SecondLooks;
        readonly findings: Findings;
        readonly requestedPasses: RequestedPasses;
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
  private readonly rounds: Rounds;
  private searchedAt = -Infinity;

  constructor(private readonly options: ReconcilerOptions) {
    const { workspace, times, lease, telemetry } = options;
    this.rounds = new Rounds({
      everyMs: times.roundMs,
      round: () => this.round(),
      failed: (error) => {
        telemetry.reconcileFailed(workspace, error);
      },
      ended: () => lease.release(),
    });
  }

  start(): void {
    this.rounds.start();
  }

  /** Resolves when the round under way has ended and the lease is free. */
  stop(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(): Promise<void> {
    const { lease, comparison } = this.options;
    const isHolder = await lease.hold();
    const now = await this.options.now();
    const state = await comparison?.passes.read(now);
    if (state) await this.reportPass(now, state);
    if (!isHolder) return;
    await this.searchLost();
    await this.options.nativeCatchUp.step(now);
    if (!comparison || !state) return;
    const isPassRequested = await comparison.requestedPasses.step(now);
    await this.lookAgain(isPassRequested);
    await comparison.sweep?.step(now, state, { isPassRequested });
  }

  private async searchLost(): Promise<void> {
    const { workspace, times, unappliedSearches, comparison } = this.options;
    const now = performance.now();
    if (now < this.searchedAt + times.unappliedEveryMs) return;
    this.searchedAt = now;
    for (const search of unappliedSearches) await search.run();
    await comparison?.requests.repeatLost(workspace, times.unappliedAfterMs);
  }

  private async lookAgain(isPassRequested: boolean): Promise<void> {
    const { workspace, comparison } = this.options;
    if (!comparison) return;
    const { requests, looks, mode } = comparison;
    const capacity = await requests.capacity(workspace, { isPassRequested });
    if (capacity <= 0) return;
    for (const look of await looks.due(workspace, capacity)) {
      await requests.request(look.subject, { reason: 'second_look', mode });
      await looks.remove(look);
    }
  }

  private async reportPass(now: number, state: PassState): Promise<void> {
    const { workspace, comparison, telemetry } = this.options;
    if (!comparison) return;
    const { firstSeenAt, startedAt = now, endedAt = firstSeenAt, running, unverified } = state;
    const { unendedSince = startedAt } = state;
    telemetry.passState(workspace, {
      sweep: comparison.sweep && {
        ageMs: Math.max(0, now - endedAt),
        isOverrun: running && now - unendedSince > comparison.periodMs,
      },
      unverified,
      findings: await comparison.findings.count(workspace),
    });
  }
}
