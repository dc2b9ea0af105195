import type { ReconcileMode } from '@optout-sync/shared/domain';
import type { Ledger } from '@optout-sync/shared/ledger';
import type { Finding, Findings, PassState, PassStore } from '@optout-sync/shared/reconcile';
import type { ForcedSyncRequests } from './forced-sync-requests';
import type { LedgerWalk } from './ledger-walk';

/** What telemetry says of a pass. */
export type PassReport = Pick<
  PassState,
  'mode' | 'examined' | 'requested' | 'checked' | 'found' | 'repaired'
> & {
  readonly seconds: number;
  /** Some of what has not been corrected. */
  readonly sample: readonly Finding[];
};

export interface SweepEvents {
  /** @param isReconfigured whether it begins because the configuration changed */
  passStarted(workspace: string, mode: ReconcileMode, isReconfigured: boolean): void;
  passEnded(workspace: string, pass: PassReport): void;
  /** A pass that was under way is replaced by one that enforces, compares by another configuration, or is by the right clock. */
  passReplaced(workspace: string, pass: PassReport): void;
}

/** The part of the period over which a pass is spread; the rest is a reserve. */
const SPREAD = 0.9;
/** A pass that began later than this after now was begun by a clock of Redis that has been set back, in ms. */
const MOST_AHEAD_MS = 60_000;
/** Findings that the report of a pass names. */
const SAMPLE = 5;

interface SweepOptions {
  readonly workspace: string;
  /** From the start of one pass to the start of the next, in ms. */
  readonly periodMs: number;
  /** As configured; undefined: the first pass only reports, for `firstReportMs`. */
  readonly mode: ReconcileMode | undefined;
  readonly firstReportMs: number;
  /** See `ReconcileTimes`. */
  readonly stallMs: number;
  /** A digest of the configuration that comparisons go by. */
  readonly configDigest: string;
  /** Most phones that one step asks to compare. */
  readonly pageSize: number;
  readonly ledger: Pick<Ledger, 'maxEntries'>;
  readonly passes: PassStore;
  readonly findings: Pick<Findings, 'page'>;
  readonly requests: ForcedSyncRequests;
  readonly walk: LedgerWalk;
  readonly telemetry: SweepEvents;
}

/**
 * Walks the whole ledger of a workspace once in each period and asks for a forced sync of every opted-out phone.
 *
 *   idle     until a period has passed since the last pass began, the configuration changes, or Redis' clock is set back to before
 *            the last pass began. -> running
 *   running  each step reads one page, when it is due: a pass is spread over the period, and continues where the last worker
 *            left it. -> walked after the last page; -> running from the beginning when the time of only reporting has ended, or
 *            the configuration changes, or Redis' clock is set back to before it began
 *   walked   waits for the comparisons it asked for. -> idle; -> running as before, and when the next period has begun while no
 *            comparison ends any more: a phone whose comparison always fails delays the end of a pass, and not the next one
 *
 * Guarantee: an opted-out entry that exists during a whole pass is compared at least once. A pass starts over when a Redis
 * server is replaced meanwhile.
 */
export class Sweep {
  /** How many comparisons of a pass had ended when this worker saw that the last time, and since when. */
  private progress = { id: '', checked: 0, at: 0 };

  constructor(private readonly options: SweepOptions) {}

  /**
   * Does what is due.
   *
   * @param now Redis' time, in ms since 1970
   */
  async step(
    now: number,
    state: PassState,
    { isPassRequested }: { readonly isPassRequested: boolean },
  ): Promise<void> {
    const mode = this.modeAt(now, state);
    if (this.isDue(now, state, mode)) return this.begin(now, state, mode);
    if (!state.running) return;
    if (state.walked) return this.endWhenCompared(now, state);
    if (await this.isPageDue(now, state)) await this.readPage(state, mode, isPassRequested);
  }

  private modeAt(now: number, { firstSeenAt }: PassState): ReconcileMode {
    const { mode, firstReportMs } = this.options;
    return mode ?? (now < firstSeenAt + firstReportMs ? 'report' : 'enforce');
  }

  private isDue(now: number, state: PassState, wanted: ReconcileMode): boolean {
    const { startedAt, running, walked, mode } = state;
    if (startedAt === undefined || (mode === 'report' && wanted === 'enforce')) return true;
    if (state.config !== this.options.configDigest || startedAt > now + MOST_AHEAD_MS) return true;
    return (!running || (walked && this.isStalled(now, state))) && now >= startedAt + this.options.periodMs;
  }

  /** Whether no comparison of the pass has ended for a while, as far as this worker knows. */
  private isStalled(now: number, { id, checked }: PassState): boolean {
    const { id: ofPass, checked: before, at } = this.progress;
    if (id !== ofPass || checked !== before) this.progress = { id, checked, at: now };
    return id === ofPass && checked === before && now >= at + this.options.stallMs;
  }

  private async begin(now: number, state: PassState, mode: ReconcileMode): Promise<void> {
    const { passes, telemetry, workspace, configDigest: config } = this.options;
    const isNext = state.config === config && state.mode === mode;
    if (state.running) telemetry.passReplaced(workspace, await this.reportOf(now, state));
    // Until a pass ends, it is the first one of them that takes too long.
    const unendedSince = isNext && state.running ? (state.unendedSince ?? state.startedAt ?? now) : now;
    await passes.start(now, { mode, config, unendedSince: Math.min(unendedSince, now) });
    // A pass of a version that stored no digest says nothing of the configuration.
    telemetry.passStarted(workspace, mode, state.config !== undefined && state.config !== config);
  }

  private async isPageDue(now: number, { startedAt = now, examined, mode }: PassState): Promise<boolean> {
    const { periodMs, firstReportMs, ledger } = this.options;
    if (examined === 0) return true;
    const available = mode === 'report' ? Math.min(periodMs, firstReportMs) : periodMs;
    // More than there are entries, so the pass ends early rather than late.
    const share = examined / Math.max(examined, await ledger.maxEntries());
    return now >= startedAt + available * SPREAD * share;
  }

  private async readPage(state: PassState, mode: ReconcileMode, isPassRequested: boolean): Promise<void> {
    const { workspace, passes, pageSize, requests, walk } = this.options;
    const limit = Math.min(pageSize, await requests.capacity(workspace, { isPassRequested }));
    if (limit <= 0) return;
    const pass = { ...state, mode, passes: { sweep: state.id } };
    await walk.readPage(pass, limit, (progress) => passes.advance(state.id, progress));
  }

  private async endWhenCompared(now: number, state: PassState): Promise<void> {
    const { workspace, passes, requests, telemetry } = this.options;
    if (await requests.hasOpen(workspace, { sweep: state.id })) return;
    await passes.end(state.id, now);
    // Read again: the last comparisons may have ended since.
    telemetry.passEnded(workspace, await this.reportOf(now, await passes.read(now)));
  }

  private async reportOf(now: number, state: PassState): Promise<PassReport> {
    const { workspace, findings } = this.options;
    const { mode, examined, requested, checked, found, repaired, startedAt = now } = state;
    const sample = (await findings.page(workspace, { limit: SAMPLE })).findings;
    const seconds = Math.max(0, now - startedAt) / 1_000;
    return { mode, examined, requested, checked, found, repaired, seconds, sample };
  }
}
