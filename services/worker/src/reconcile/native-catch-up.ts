import { CursorError, type Ledger, type LedgerEntry, type ListedEntry } from '@optout-sync/shared/ledger';
import type { CatchUp, CatchUpStore, UnappliedIndex } from '@optout-sync/shared/reconcile';
import { stoppedSenders } from '../destinations/destination';
import type { DestinationRequests } from '../destinations/destination-requests';

export interface CatchUpEvents {
  catchUpStarted(workspace: string): void;
  /** @param ratio how much of the ledger has been walked, 0 to 1 */
  catchUpProgressed(workspace: string, ratio: number): void;
  catchUpEnded(workspace: string, progress: Pick<CatchUp, 'examined' | 'requested'>, seconds: number): void;
}

/** Phones that wait for the native list, when no more are requested. */
const MAX_OPEN = 200;

/**
 * Writes opt-outs to the native list that Customer.io holds already, when the list was switched on later: of stopped senders
 * only, in the background. The states are those of `CatchUp`. A list that is on when a workspace is first seen is taken for up
 * to date: the version before wrote it together with the attribute.
 *
 * Safe to repeat: a page that is requested twice is written twice, with the same opt-outs.
 */
export class NativeCatchUp {
  constructor(
    private readonly options: {
      readonly workspace: string;
      /** Whether the native list is configured. */
      readonly isOn: boolean;
      /** Whether an entry without people has nobody to write to. */
      readonly needsPeople: boolean;
      readonly ledger: Pick<Ledger, 'list' | 'maxEntries'>;
      readonly store: CatchUpStore;
      /** The phones that wait for the native list. */
      readonly index: Pick<UnappliedIndex, 'list'>;
      readonly requests: Pick<DestinationRequests, 'restart'>;
      readonly telemetry: CatchUpEvents;
    },
  ) {}

  /**
   * Does what is due.
   *
   * @param now Redis' time, in ms since 1970
   */
  async step(now: number): Promise<void> {
    const { workspace, isOn, store, telemetry } = this.options;
    const progress = await store.read(workspace);
    if (!isOn) {
      if (progress?.state !== 'off') await store.begin(workspace, { state: 'off' });
      return;
    }
    if (!progress) await store.begin(workspace, { state: 'done' });
    else if (progress.state === 'off') await this.begin(now);
    else if (progress.state === 'running') await this.readPage(now, progress);
    telemetry.catchUpProgressed(workspace, ratioOf(progress));
  }

  private async begin(now: number): Promise<void> {
    const { workspace, ledger, store, telemetry } = this.options;
    await store.begin(workspace, { state: 'running', startedAt: now, estimated: await ledger.maxEntries() });
    telemetry.catchUpStarted(workspace);
  }

  private async readPage(now: number, progress: CatchUp): Promise<void> {
    const { workspace, ledger, index, requests, store, telemetry } = this.options;
    const open = await index.list(workspace, { before: Number.MAX_SAFE_INTEGER, offset: 0, limit: MAX_OPEN });
    if (open.length >= MAX_OPEN) return;
    const cursor = progress.cursor === '' ? {} : { cursor: progress.cursor };
    const matches = ({ entry }: ListedEntry): boolean => this.isMissing(entry);
    let page;
    try {
      page = await ledger.list({ workspace, matches, limit: MAX_OPEN - open.length, ...cursor });
    } catch (error) {
      if (!(error instanceof CursorError)) throw error;
      return store.advance(workspace, { cursor: '', examined: 0, requested: 0 });
    }
    await Promise.all(page.entries.map(({ subject }) => requests.restart(subject, 'native')));
    const examined = progress.examined + page.examined;
    const requested = progress.requested + page.entries.length;
    await store.advance(workspace, { cursor: page.next ?? '', examined, requested });
    if (page.next !== undefined) return;
    await store.advance(workspace, { state: 'done', endedAt: now, estimated: examined });
    const seconds = (now - (progress.startedAt ?? now)) / 1_000;
    telemetry.catchUpEnded(workspace, { examined, requested }, seconds);
  }

  private isMissing(entry: LedgerEntry): boolean {
    const { appliedVersion, people } = entry;
    const hasPeople = people.length > 0 || !this.options.needsPeople;
    return appliedVersion > 0 && hasPeople && stoppedSenders(entry).length > 0;
  }
}

function ratioOf(progress: CatchUp | undefined): number {
  if (progress?.state === 'off') return 0;
  if (progress?.state !== 'running') return 1;
  return progress.estimated === 0 ? 0 : Math.min(1, progress.examined / progress.estimated);
}
