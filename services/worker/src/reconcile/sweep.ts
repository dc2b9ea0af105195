import {
  e164Spellings,
  isOptedOut,
  type ConsentPolicy,
  type ReconcileMode,
  type Subject,
} from '@optout-sync/shared/domain';
import { CursorError, type Ledger, type LedgerEntry, type ListedEntry } from '@optout-sync/shared/ledger';
import type { UnappliedIndex, PassState, PassStore } from '@optout-sync/shared/reconcile';
import type { ForcedSyncRequests } from './forced-sync-requests';

export interface SweepEvents {
  passStarted(workspace: string, mode: ReconcileMode): void;
  passEnded(
    workspace: string,
    pass: Pick<PassState, 'mode' | 'examined' | 'requested'>,
    seconds: number,
  ): void;
}

/** The part of the period over which a pass is spread; the rest is a reserve. */
const SPREAD = 0.9;

interface SweepOptions {
  readonly workspace: string;
  readonly policy: ConsentPolicy;
  /** From the start of one pass to the start of the next, in ms. */
  readonly periodMs: number;
  /** As configured; undefined: the first pass only reports, for `firstReportMs`. */
  readonly mode: ReconcileMode | undefined;
  readonly firstReportMs: number;
  /** Most phones that one step asks to compare. */
  readonly pageSize: number;
  readonly ledger: Pick<Ledger, 'list' | 'maxEntries'>;
  readonly passes: PassStore;
  readonly unapplied: Pick<UnappliedIndex, 'add'>;
  readonly requests: ForcedSyncRequests;
  readonly telemetry: SweepEvents;
}

/**
 * Walks the whole ledger of a workspace once in each period and asks for a forced sync of every opted-out phone.
 *
 *   idle     until a period has passed since the last pass began. -> running
 *   running  each step reads one page, when it is due: a pass is spread over the period, and continues where the last worker
 *            left it. -> idle after the last page; -> running from the beginning when the time of only reporting has ended
 *
 * Guarantee: an opted-out entry that exists during a whole pass is requested at least once. A pass starts over when a Redis
 * server is replaced meanwhile.
 */
export class Sweep {
  constructor(private readonly options: SweepOptions) {}

  /** Does what is due. */
  async step(now: number, state: PassState): Promise<void> {
    const { passes, telemetry, workspace } = this.options;
    const mode = this.modeAt(now, state);
    if (this.isDue(now, state, mode)) {
      await passes.start(now, mode);
      telemetry.passStarted(workspace, mode);
      return;
    }
    if (state.running && (await this.isPageDue(now, state))) await this.readPage(now, state, mode);
  }

  private modeAt(now: number, { firstSeenAt }: PassState): ReconcileMode {
    const { mode, firstReportMs } = this.options;
    return mode ?? (now < firstSeenAt + firstReportMs ? 'report' : 'enforce');
  }

  private isDue(now: number, { startedAt, running, mode }: PassState, wanted: ReconcileMode): boolean {
    if (startedAt === undefined || (mode === 'report' && wanted === 'enforce')) return true;
    return !running && now >= startedAt + this.options.periodMs;
  }

  private async isPageDue(now: number, { startedAt = now, examined, mode }: PassState): Promise<boolean> {
    const { periodMs, firstReportMs, ledger } = this.options;
    if (examined === 0) return true;
    const available = mode === 'report' ? Math.min(periodMs, firstReportMs) : periodMs;
    // More than there are entries, so the pass ends early rather than late.
    const share = examined / Math.max(examined, await ledger.maxEntries());
    return now >= startedAt + available * SPREAD * share;
  }

  private async readPage(now: number, state: PassState, mode: ReconcileMode): Promise<void> {
    const { workspace, policy, ledger, passes, pageSize, requests, telemetry } = this.options;
    const limit = Math.min(pageSize, await requests.capacity(workspace));
    if (limit <= 0) return;
    const matches = ({ subject, entry }: ListedEntry): boolean =>
      isTwin(subject) || isUnapplied(entry) || isInForce(entry, policy);
    const cursor = state.cursor === '' ? {} : { cursor: state.cursor };
    let page;
    try {
      page = await ledger.list({ workspace, matches, limit, ...cursor });
    } catch (error) {
      if (!(error instanceof CursorError)) throw error;
      await passes.advance({ cursor: '', examined: 0, requested: 0 });
      return;
    }
    for (const { subject, entry } of page.entries) {
      if (isTwin(subject)) await requests.request(canonical(subject), { reason: 'sweep', mode });
      else if (isUnapplied(entry)) await this.options.unapplied.add(subject, oldestPending(entry));
      else await requests.request(subject, { reason: 'sweep', mode });
    }
    const examined = state.examined + page.examined;
    const requested = state.requested + page.entries.length;
    await passes.advance({ cursor: page.next ?? '', examined, requested });
    if (page.next !== undefined) return;
    await passes.end(now);
    telemetry.passEnded(workspace, { mode, examined, requested }, (now - (state.startedAt ?? now)) / 1_000);
  }
}

/** Whether it is an entry under another spelling of its number. The sync of the phone merges it. */
function isTwin(subject: Subject): boolean {
  return canonical(subject).phone !== subject.phone;
}

function canonical(subject: Subject): Subject {
  return { ...subject, phone: e164Spellings(subject.phone)[0] };
}

/** Whether an event waits for its sync, and not for an operator. */
function isUnapplied({ version, appliedVersion, history }: LedgerEntry): boolean {
  return version > appliedVersion && history.some(({ outcome }) => outcome === 'pending');
}

/** Whether the applied version is an opt-out. */
function isInForce({ version, appliedVersion, senders }: LedgerEntry, policy: ConsentPolicy): boolean {
  return version === appliedVersion && isOptedOut([...senders.values()], policy) === true;
}

function oldestPending({ history }: LedgerEntry): number {
  const pending = history.filter(({ outcome }) => outcome === 'pending');
  return Math.min(...pending.map(({ receivedAt }) => receivedAt));
}
