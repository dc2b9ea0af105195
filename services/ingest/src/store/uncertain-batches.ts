import type { InboundEvent } from '@optout-sync/shared/domain';
import type { EventBatch } from '@optout-sync/shared/queues';

/** Bounds the memory, at about 1 kB an event. */
const MAX_EVENTS = 10_000;

/**
 * The batches whose add failed or was slow: Redis may have them, and the spool too. Their events are added again in the same
 * batches, whose jobs have the same ids, so that one that still waits is not added twice. A batch that is not remembered, as
 * after a restart, is added in another one; the ledger then recognises the events.
 */
export class UncertainBatches {
  private readonly batches = new Map<string, { readonly batch: EventBatch; readonly isCounted: boolean }>();

  /** @param options.isCounted whether the metrics have its events, since the add succeeded although it was slow */
  add(batches: readonly EventBatch[], { isCounted = false } = {}): void {
    for (const batch of batches) {
      for (const event of batch.events) this.batches.set(keyOf(event), { batch, isCounted });
    }
    for (const key of this.batches.keys()) {
      if (this.batches.size <= MAX_EVENTS) return;
      this.batches.delete(key);
    }
  }

  /**
   * Takes the batches that hold any of these events. Returns them, each whole, the events that are in none, and those in one that
   * the metrics do not have.
   */
  take(events: readonly InboundEvent[]): {
    batches: EventBatch[];
    others: readonly InboundEvent[];
    uncounted: InboundEvent[];
  } {
    const uncounted: InboundEvent[] = [];
    if (this.batches.size === 0) return { batches: [], others: events, uncounted };
    const batches = new Set<EventBatch>();
    const others = events.filter((event) => {
      const key = keyOf(event);
      const known = this.batches.get(key);
      // The other events of the batch may come later.
      this.batches.delete(key);
      if (known) batches.add(known.batch);
      if (known?.isCounted === false) uncounted.push(event);
      return known === undefined;
    });
    return { batches: [...batches], others, uncounted };
  }
}

/** A later delivery of the same message arrives at another time: it is an event of its own. */
function keyOf({ messageSid, kind, source, receivedAt }: InboundEvent): string {
  return [messageSid, kind, source, receivedAt].join(' ');
}
