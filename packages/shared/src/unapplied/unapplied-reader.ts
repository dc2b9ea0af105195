import type { UnappliedIndex } from '../reconcile/unapplied-index';
import type { Backlog, InboundBacklog } from './inbound-backlog';
import {
  LATE_MS,
  NO_LIVE_STOPS,
  sumLiveStops,
  type LiveStops,
  type LiveStopsByWorkspace,
} from './live-stops';

/** What all queues and the ledger hold that Customer.io does not, by workspace. */
export interface Unapplied {
  readonly liveStops: LiveStopsByWorkspace;
  readonly unassigned: number;
}

/**
 * Reads what waits in Redis: the jobs of `inbound-events`, and the phones whose recorded opt-out Customer.io does not hold yet.
 * While Redis does not answer, what waited at
 * the last answer still waits, since nothing is applied without Redis.
 */
export class UnappliedReader {
  private latest: { readonly at: number; readonly unapplied: Unapplied } | undefined;

  constructor(
    private readonly workspaces: readonly string[],
    private readonly index: Pick<UnappliedIndex, 'countLiveStops'>,
    /** Undefined while the queue is not open. */
    private readonly backlog: () => Pick<InboundBacklog, 'read'> | undefined,
  ) {}

  /** @throws {Error} when Redis does not answer */
  async read(now: number, until: number): Promise<void> {
    const backlog = this.backlog();
    if (!backlog) throw new Error('the queue is not open');
    const [{ liveStops, unassigned }, ...indexed] = await Promise.all([
      backlog.read(now, until),
      ...this.workspaces.map((workspace) => this.index.countLiveStops(workspace, now - LATE_MS)),
    ] as [Promise<Backlog>, ...Promise<LiveStops>[]]);
    const sums = this.workspaces.map((workspace, n) => {
      const places = [liveStops.get(workspace) ?? NO_LIVE_STOPS, indexed[n] ?? NO_LIVE_STOPS];
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
