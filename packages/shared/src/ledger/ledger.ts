import type { Cluster, Redis, Result } from 'ioredis';
import type { EventSource, InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import {
  OUTCOME_CODES,
  SOURCE_CODES,
  parseEvent,
  parseLedgerEntry,
  type LedgerEntry,
  type Note,
  type RecordedEvent,
} from './ledger-entry';
import { listEntries, type EntryPage, type ListOptions } from './list-entries';
import { RECORD, SETTLE } from './scripts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutRecord(key: string, ...args: (string | number)[]): Result<[string, number, number], Context>;
    optoutSettle(key: string, ...args: (string | number)[]): Result<string[], Context>;
  }
}

/** What recording an event did. */
export interface Recorded {
  /** `recorded`: it had the last word with its sender, so Customer.io must hear of it. */
  readonly result: 'recorded' | 'duplicate' | 'stale' | 'ignored';
  readonly version: number;
  /** Whether Customer.io does not hold the entry's present version yet, whoever made it so. */
  readonly needsSync: boolean;
}

/** An event that came to its end. */
export type SettledEvent = Pick<RecordedEvent, 'messageSid' | 'kind' | 'source' | 'receivedAt' | 'outcome'>;

/** Sources that know when a message was sent; with the others it is when it arrived. */
const TIMED_SOURCES: ReadonlySet<EventSource> = new Set(['event_stream', 'backfill']);

export interface LedgerOptions {
  readonly prefix: string;
  /** How many events of a phone are kept. */
  readonly historyCap?: number;
  /** How long a message is known for certain, in ms, though the history is full. Twilio delivers again for 4 hours at most. */
  readonly dedupeWindowMs?: number;
}

/**
 * The consent ledger in Redis: who told whom to stop or start, and what Customer.io holds of it.
 *
 * Guarantees: one MessageSid changes an entry once; per sender the message sent last decides, in whatever order events
 * arrive; both by one script, hence also between processes. What is told of a message again corrects it where it knows
 * better: a STOP that only Twilio recognised, after the body had said START or nothing, and Twilio's own time, when until
 * then only that of the arrival was known. Known hole: a message that is delivered again after the dedupe window, to a
 * phone with more than `historyCap` events since, is judged by its time alone.
 */
export class Ledger {
  private readonly historyCap: number;
  private readonly dedupeWindowMs: number;

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly options: LedgerOptions,
  ) {
    this.historyCap = options.historyCap ?? 100;
    this.dedupeWindowMs = options.dedupeWindowMs ?? 30 * 86_400_000;
    redis.defineCommand('optoutRecord', { numberOfKeys: 1, lua: RECORD });
    redis.defineCommand('optoutSettle', { numberOfKeys: 1, lua: SETTLE });
  }

  /** Records an event, once. Safe to repeat: a crash before the sync was enqueued shows again as `needsSync`. */
  async record(subject: Subject, event: InboundEvent): Promise<Recorded> {
    const [result, version, applied] = await this.redis.optoutRecord(
      this.key(subject),
      event.messageSid,
      event.kind,
      SOURCE_CODES[event.source],
      event.sender,
      event.orderAt ?? event.occurredAt,
      event.occurredAt,
      event.receivedAt,
      this.historyCap,
      this.dedupeWindowMs,
      noteOf(event),
      TIMED_SOURCES.has(event.source) ? '1' : '0',
    );
    return { result: result as Recorded['result'], version, needsSync: version > applied };
  }

  async read(subject: Subject): Promise<LedgerEntry | undefined> {
    return parseLedgerEntry(await this.redis.hgetall(this.key(subject)));
  }

  /**
   * Notes that Customer.io holds `version`, for these people where they are known. Returns the events that thereby came
   * to their end, and whether a newer version waits: because it came meanwhile, or because this one was written late,
   * over a newer one.
   */
  async markApplied(
    subject: Subject,
    version: number,
    { outcome, people }: { readonly outcome: 'applied' | 'no_match'; readonly people: readonly string[] },
  ): Promise<{ needsSync: boolean; settled: SettledEvent[] }> {
    return this.settle(subject, version, OUTCOME_CODES[outcome], '1', people.join(' '));
  }

  /** Notes that what is pending up to `version` waits for an operator. Customer.io holds no more than before. */
  async markDeadLettered(subject: Subject, version: number): Promise<SettledEvent[]> {
    return (await this.settle(subject, version, OUTCOME_CODES.dead_lettered, '0', '')).settled;
  }

  private async settle(
    subject: Subject,
    version: number,
    ...args: string[]
  ): Promise<{ needsSync: boolean; settled: SettledEvent[] }> {
    const [waits, ...rows] = await this.redis.optoutSettle(this.key(subject), version, ...args);
    const settled: SettledEvent[] = [];
    for (let i = 0; i + 1 < rows.length; i += 2) {
      settled.push(parseEvent(rows[i] ?? '', rows[i + 1] ?? '', new Map()));
    }
    return { needsSync: waits === '1', settled };
  }

  /** One page of all entries that match, in no order; see {@link listEntries}. */
  list(options: ListOptions): Promise<EntryPage> {
    return listEntries(this.redis, this.keyPrefix, options);
  }

  private get keyPrefix(): string {
    return `${this.options.prefix}:ledger:`;
  }

  private key({ workspace, channel, phone }: Subject): string {
    return `${this.keyPrefix}{${workspace}:${channel}:${phone}}`;
  }
}

function noteOf({ by, why, phrase }: InboundEvent): string {
  const note: Note = { by, why, phrase };
  return (by ?? why ?? phrase) ? JSON.stringify(note) : '';
}
