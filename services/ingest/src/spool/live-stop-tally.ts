import type { WorkspaceOf } from '@optout-sync/shared/config';
import type { InboundEvent } from '@optout-sync/shared/domain';
import type { RawBatch } from '@optout-sync/shared/queues';
import {
  countLiveStops,
  isLiveStop,
  type LiveStops,
  type LiveStopsByWorkspace,
} from '@optout-sync/shared/unapplied';

/**
 * Counts the live opt-outs in the spool, by workspace and the second in which they were received: a spool may hold hundreds of
 * thousands, and none of them is read again for a scrape. An age is exact to a second, and late by up to one.
 */
export class LiveStopTally {
  private readonly counts = new Map<string, Map<number, number>>();

  constructor(private readonly workspaceOf: WorkspaceOf) {}

  /** Counts the events of an item as it is stored. */
  add(text: string): void {
    this.change(text, 1);
  }

  /** Forgets the events of an item that is removed. */
  remove(text: string): void {
    this.change(text, -1);
  }

  /** @param now in ms since 1970 */
  count(now: number): LiveStopsByWorkspace {
    return new Map([...this.counts].map(([workspace, seconds]) => [workspace, sum(seconds, now)]));
  }

  /** A large batch counts as one of each workspace that it may be of; see `RawBatchBacklog`. */
  private stopsIn(text: string): SpooledStop[] {
    const { events = [], batches = [] } = contentOf(text);
    const known = ([workspace, receivedAt]: readonly [string | undefined, number]): SpooledStop[] =>
      workspace === undefined ? [] : [{ workspace, receivedAt }];
    return [
      ...events
        .filter(isLiveStop)
        .flatMap(({ accountSid, sender, receivedAt }) =>
          known([this.workspaceOf(accountSid, sender), receivedAt]),
        ),
      ...batches.flatMap(({ signedBy, receivedAt }) =>
        [...new Set(signedBy.map((account) => this.workspaceOf(account, undefined)))].flatMap((workspace) =>
          known([workspace, receivedAt]),
        ),
      ),
    ];
  }

  private change(text: string, by: 1 | -1): void {
    for (const { workspace, receivedAt } of this.stopsIn(text)) {
      const seconds = this.counts.get(workspace) ?? new Map<number, number>();
      this.counts.set(workspace, seconds);
      const second = Math.floor(receivedAt / 1_000);
      const count = (seconds.get(second) ?? 0) + by;
      if (count > 0) seconds.set(second, count);
      else seconds.delete(second);
    }
  }
}

interface SpooledStop {
  readonly workspace: string;
  readonly receivedAt: number;
}

function sum(seconds: ReadonlyMap<number, number>, now: number): LiveStops {
  let [count, late] = [0, 0];
  let oldest: number | undefined;
  for (const [second, events] of seconds) {
    const receivedAt = second * 1_000 + 999;
    count += events;
    if (countLiveStops([receivedAt], now).late > 0) late += events;
    oldest = Math.min(receivedAt, oldest ?? receivedAt);
  }
  return { count, late, oldest };
}

/** The parts of an item that count. */
interface Content {
  readonly events?: readonly InboundEvent[];
  readonly batches?: readonly Pick<RawBatch, 'receivedAt' | 'signedBy'>[];
}

function contentOf(text: string): Content {
  try {
    return (JSON.parse(text) as { readonly bundle?: Content }).bundle ?? {};
  } catch {
    // An item of another version, which the drain puts into the dead letters.
    return {};
  }
}
