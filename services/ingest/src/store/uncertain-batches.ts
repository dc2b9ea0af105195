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
  private readonly batches = new Map<string, EventBatch>();

  add(batches: readonly EventBatch[]): void {
    for (const batch of batches) {
      for (const event of batch.events) this.batches.set(keyOf(event), batch);
    }
    for (const key of this.batches.keys()) {
      if (this.batches.size <= MAX_EVENTS) return;
      this.batches.delete(key);
    }
  }

  /** Takes the batches that hold any of these events. Returns them, each whole, and the events that are in none. */
  take(events: readonly InboundEvent[]): { batches: EventBatch[]; others: readonly InboundEvent[] } {
    if (this.batches.size === 0) return { batches: [], others: events };
    const batches = new Set<EventBatch>();
    const others = events.filter((event) => {
      const key = keyOf(event);
      const batch = this.batches.get(key);
      // The other events of the batch may come later.
      this.batches.delete(key);
      if (batch) batches.add(batch);
      return batch === undefined;
    });
    return { batches: [...batches], others };
  }
}

/** A later delivery of the same message arrives at another time: it is an event of its own. */
function keyOf({ messageSid, kind, source, receivedAt }: InboundEvent): string {
  return [messageSid, kind, source, receivedAt].join(' ');
}
