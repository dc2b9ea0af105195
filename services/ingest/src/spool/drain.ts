import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { withTimeout } from '@optout-sync/shared/service';
import type { DeadLetterEvents } from '../inbound/persist';
import { ingestDeadLetter } from '@optout-sync/shared/dead-letters';
import type { WriteBatch } from '../store/event-store';
import type { SpoolItem } from './journal';
import type { Spool } from './spool';
import { mergeBatches, type SpooledBatch } from './spooled-batch';

/** How a spooled item ends: in its queues, or as dead letters because its format is unknown or Redis rejects it. */
export const DRAIN_OUTCOMES = ['enqueued', 'unreadable', 'refused'] as const;
export type DrainOutcome = (typeof DRAIN_OUTCOMES)[number];

/** The Redis to drain into. */
export interface DrainTarget {
  append(batch: WriteBatch): Promise<unknown>;
  /** Resolves while Redis takes writes. */
  check(): Promise<void>;
}

export interface DrainEvents extends DeadLetterEvents {
  drained(outcome: DrainOutcome, items: number): void;
}

const MAX_BATCH = 200;
const ENQUEUE_MS = 5_000;
/** Consecutive attempts, at one a second, in which a single item may fail while Redis takes another write. */
const MAX_ATTEMPTS = 60;

/**
 * Moves the oldest items into Redis. An item is removed after Redis has it, never before. If the process dies in between,
 * the item is added again, which has no effect: the id of a job is made of its content.
 */
export class Drain {
  private batchSize = MAX_BATCH;
  private attempts = 0;

  constructor(
    private readonly spool: Pick<Spool, 'oldest' | 'remove'>,
    private readonly redis: DrainTarget,
    private readonly telemetry: DrainEvents,
  ) {}

  /**
   * Moves one batch.
   *
   * @throws {SpoolError} when the spool returns no items
   * @throws {Error} when Redis takes no writes
   */
  async step(): Promise<void> {
    const items = await this.spool.oldest(this.batchSize);
    const [first] = items;
    if (!first) return;
    if (!first.content) {
      await this.deadLetter(first, [unreadableDeadLetter(first)], 'unreadable');
      return;
    }
    const readable = readableItems(items);
    try {
      await this.enqueue(mergeBatches(readable.map(({ content }) => content.batch)));
    } catch (error) {
      await this.enqueueFailed(error, first, readable.length);
      return;
    }
    await this.remove(readable, 'enqueued');
    this.batchSize = MAX_BATCH;
  }

  /** An item that Redis rejects must not delay the others forever: it is isolated, retried and then dead-lettered. */
  private async enqueueFailed(error: unknown, first: SpoolItem, count: number): Promise<void> {
    await withTimeout(this.redis.check(), ENQUEUE_MS);
    if (count > 1) {
      this.batchSize = 1;
      return;
    }
    if (++this.attempts < MAX_ATTEMPTS) throw error;
    await this.deadLetter(first, rejectedDeadLetters(first), 'refused');
  }

  private async deadLetter(
    item: SpoolItem,
    deadLetters: readonly DeadLetter[],
    outcome: 'unreadable' | 'refused',
  ): Promise<void> {
    await this.enqueue({ deadLetters });
    await this.remove([item], outcome);
    for (const deadLetter of deadLetters) this.telemetry.deadLettered(deadLetter);
  }

  private async enqueue(batch: WriteBatch): Promise<void> {
    await withTimeout(this.redis.append(batch), ENQUEUE_MS);
  }

  private async remove(items: readonly SpoolItem[], outcome: DrainOutcome): Promise<void> {
    this.attempts = 0;
    await this.spool.remove(items);
    this.telemetry.drained(outcome, items.length);
  }
}

type ReadableItem = SpoolItem & { readonly content: SpooledBatch };

/** The items before the first whose format is unknown. */
function readableItems(items: readonly SpoolItem[]): ReadableItem[] {
  const end = items.findIndex(({ content }) => !content);
  return items.slice(0, end < 0 ? items.length : end) as ReadableItem[];
}

/** One for each part of the item, so that each can be replayed. Dead letters of the item stay as they are. */
function rejectedDeadLetters({ content }: SpoolItem): DeadLetter[] {
  if (!content) return [];
  const { events = [], forwards = [], people = [], batches = [], deadLetters = [] } = content.batch;
  const rejected = (undone: DeadLetter['undone']): DeadLetter =>
    ingestDeadLetter('spool_item_refused', 'Redis took other writes but not this one', undone, content.at);
  return [
    ...events.map((event) => rejected({ type: 'event', event })),
    ...forwards.map((request) => rejected({ type: 'forward', request })),
    ...people.map((change) => rejected({ type: 'people', change })),
    // Replayed, it goes to the workers.
    ...batches.map((batch) => ({ ...rejected({ type: 'raw', data: batch }), stage: 'batch' as const })),
    ...deadLetters,
  ];
}

function unreadableDeadLetter({ text }: SpoolItem): DeadLetter {
  const message = 'A spool item in a format that is unknown to this version';
  const data = { route: 'spool', text };
  return ingestDeadLetter('spool_item_unreadable', message, { type: 'raw', data }, 0);
}
