import type { DeadLetter } from '@optout-sync/shared/dead-letters';
import { withTimeout } from '@optout-sync/shared/service';
import { ingestDeadLetter } from '../inbound/unprocessable';
import type { EventStore } from '../store/event-store';
import type { Spool, SpoolItem } from './spool';
import { merge } from './spooled';

/** How spooled items ended: in Redis as they were, or as dead letters: nobody can read it, or Redis will not have it. */
export const DRAIN_OUTCOMES = ['enqueued', 'unreadable', 'refused'] as const;
export type DrainOutcome = (typeof DRAIN_OUTCOMES)[number];

/** The Redis to drain into. */
export interface DrainTarget extends Pick<EventStore, 'append'> {
  /** Resolves while Redis takes writes. */
  check(): Promise<void>;
}

const TOGETHER = 200;
const ENQUEUE_MS = 5_000;
/** So often in a row, at one try a second, an item alone may fail while Redis takes another write right after. */
const REFUSALS = 60;

export interface DrainListener {
  drained(outcome: DrainOutcome, items: number): void;
  deadLettered(letter: DeadLetter): void;
}

/**
 * Moves the oldest items into Redis. An item is removed once Redis has it, never before; when the process dies in
 * between, Redis is given it again, which changes nothing: jobs have the ids of what they hold.
 */
export class Drain {
  private together = TOGETHER;
  private refusals = 0;

  constructor(
    private readonly spool: Pick<Spool, 'oldest' | 'remove'>,
    private readonly redis: DrainTarget,
    private readonly listener: DrainListener,
  ) {}

  /** One step. Rejects when Redis takes nothing, and with a SpoolError when the spool gives nothing. */
  async step(): Promise<void> {
    const items = await this.spool.oldest(this.together);
    const [first] = items;
    if (!first) return;
    if (!first.content) return this.setAside(first, 'unreadable');
    const readable = untilUnreadable(items);
    try {
      await this.enqueue(merge(readable.map(({ bundle }) => bundle)));
    } catch (error) {
      return this.failed(error, first, readable.length);
    }
    await this.remove(items.slice(0, readable.length), 'enqueued');
    this.together = TOGETHER;
  }

  /** One item that Redis will not have must not hold up the others for ever. */
  private async failed(error: unknown, first: SpoolItem, tried: number): Promise<void> {
    await withTimeout(this.redis.check(), ENQUEUE_MS);
    if (tried > 1) {
      this.together = 1;
      return;
    }
    if (++this.refusals < REFUSALS) throw error;
    await this.setAside(first, 'refused');
  }

  private async setAside(item: SpoolItem, outcome: 'unreadable' | 'refused'): Promise<void> {
    const letters = outcome === 'refused' ? refusedLetters(item) : [unreadableLetter(item)];
    await this.enqueue({ letters });
    await this.remove([item], outcome);
    for (const letter of letters) this.listener.deadLettered(letter);
  }

  private enqueue(bundle: Parameters<EventStore['append']>[0]): Promise<void> {
    return withTimeout(this.redis.append(bundle), ENQUEUE_MS);
  }

  private async remove(items: readonly SpoolItem[], outcome: DrainOutcome): Promise<void> {
    this.refusals = 0;
    await this.spool.remove(items);
    this.listener.drained(outcome, items.length);
  }
}

function untilUnreadable(items: readonly SpoolItem[]): NonNullable<SpoolItem['content']>[] {
  const end = items.findIndex(({ content }) => !content);
  return items.slice(0, end < 0 ? items.length : end).flatMap(({ content }) => content ?? []);
}

/** Each to be replayed; letters that lay in the item as they are. */
function refusedLetters({ content }: SpoolItem): DeadLetter[] {
  if (!content) return [];
  const { events = [], forwards = [], letters = [] } = content.bundle;
  const refused = (undone: DeadLetter['undone']): DeadLetter =>
    ingestDeadLetter('spool_item_refused', 'Redis took other writes but not this one', undone, content.at);
  return [
    ...events.map((event) => refused({ type: 'event', event })),
    ...forwards.map((request) => refused({ type: 'forward', request })),
    ...letters,
  ];
}

function unreadableLetter({ text }: SpoolItem): DeadLetter {
  const message = 'An item of the spool in a form that this version does not know';
  return ingestDeadLetter(
    'spool_item_unreadable',
    message,
    { type: 'raw', data: { route: 'spool', text } },
    0,
  );
}
