import type { UnappliedIndex } from '../reconcile/unapplied-index';
import type { Backlogs } from './backlogs';
import { LATE_MS, NO_LIVE_STOPS, sumLiveStops, type LiveStopsByWorkspace } from './live-stops';

/** What all queues and the ledger hold that Customer.io does not, by workspace. */
export interface Unapplied {
  readonly liveStops: LiveStopsByWorkspace;
  readonly unassigned: number;
}

/**
 * Reads what waits in Redis: the jobs of `inbound-events`, the large batches that are not parsed yet, and the phones whose recorded
 * opt-out Customer.io does not hold yet. While Redis does not answer, what waited at the last answer still waits, since nothing is
 * applied without Redis.
 */
export class UnappliedReader {
  private latest: { readonly at: number; readonly unapplied: Unapplied } | undefined;

  constructor(
    private readonly workspaces: readonly string[],
    private readonly index: Pick<UnappliedIndex, 'countLiveStops'>,
    /** Undefined while the queues are not open. */
    private readonly backlogs: () => Backlogs | undefined,
  ) {}

  /** @throws {Error} when Redis does not answer */
  async read(now: number, until: number): Promise<void> {
    const backlogs = this.backlogs();
    if (!backlogs) throw new Error('the queues are not open');
    const [{ liveStops, unassigned }, unparsed, indexed] = await Promise.all([
      backlogs.inbound.read(now, until),
      backlogs.batches.read(now),
      Promise.all(this.workspaces.map((workspace) => this.index.countLiveStops(workspace, now - LATE_MS))),
    ]);
    const sums = this.workspaces.map((workspace, n) => {
      const places = [liveStops.get(workspace), unparsed.get(workspace), indexed[n]].map(
        (place) => place ?? NO_LIVE_STOPS,
      );
      return [workspace, sumLiveStops(places)] as const;
    });
    this.latest = { at: now, unapplied: { liveStops: new Map(sums), unassigned } };
  }

  /** What waits now, as far as it is known; undefined when Redis has never answered. */
  known(now: number): Unapplied | undefined {
    if (!this.latest) return undefined;
    const { at, unapplied } = this.latest;
    if (now - at < LATE_MS) return unapplied;
    const late = [...unapplied.liveStops].map(
      ([workspace, stops]) => [workspace, { ...stops, late: stops.count }] as const,
    );
    return { ...unapplied, liveStops: new Map(late) };
  }
}
