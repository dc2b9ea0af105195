import { Cluster, type Redis, type Result } from 'ioredis';
import type { EventSource, InboundEvent } from '../domain/inbound-event';
import { e164Spellings } from '../domain/phone';
import type { Subject } from '../domain/subject';
import { loadScript } from '../redis/load-script';
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
import { TwinMerger } from './merge-twins';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutRecord(
      key: string,
      ...args: (string | number)[]
    ): Result<[string, number, number, number], Context>;
    optoutSettle(key: string, ...args: (string | number)[]): Result<string[], Context>;
    optoutRaise(key: string, ...args: (string | number)[]): Result<number, Context>;
    optoutChecked(key: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

const RECORD = loadScript(`${__dirname}/scripts`, 'record.lua');
const SETTLE = loadScript(`${__dirname}/scripts`, 'settle.lua');
const RAISE = loadScript(`${__dirname}/scripts`, 'raise.lua');
const CHECKED = loadScript(`${__dirname}/scripts`, 'checked.lua');

/** What recording an event did. */
export interface Recorded {
  /**
   * - `recorded`: it now decides for its sender, so Customer.io must be updated.
   * - `applied`: it now decides for its sender, and repeats an opt-out that Customer.io holds.
   */
  readonly result: 'recorded' | 'applied' | 'duplicate' | 'stale' | 'ignored';
  readonly version: number;
  /** Whether Customer.io does not hold the present version of the entry yet, whichever event made that version. */
  readonly needsSync: boolean;
  /**
   * Whether it is an opt-out from a sender that was stopped already, while Customer.io should hold everything recorded. That
   * somebody says so again is a reason to compare.
   */
  readonly confirms: boolean;
}

/** An event that has its final outcome. */
export type SettledEvent = Pick<RecordedEvent, 'messageSid' | 'kind' | 'source' | 'receivedAt' | 'outcome'>;

/** Sources that give the time Twilio has for a message. With the others, `orderAt` is the time of arrival. */
const TIMED_SOURCES: ReadonlySet<EventSource> = new Set(['event_stream', 'backfill']);

export interface LedgerOptions {
  readonly prefix: string;
  /** How many events of a phone are stored (default: 100). */
  readonly historyCap?: number;
  /**
   * How long an event stays in the history, in ms, though the history is full (default: 30 days). Twilio delivers a message
   * again for 4 hours at most.
   */
  readonly dedupeWindowMs?: number;
}

/**
 * The consent ledger in Redis: which phone opted out of or in to which sender, and which version of that Customer.io holds.
 *
 * Guarantees: one MessageSid changes an entry once, and per sender the message sent last decides, in whatever order events
 * arrive. One script does both, so they hold between processes. An opt-out that repeats one which is applied, or will be, makes no
 * new version: it shares the outcome of the present one. A later delivery of a message corrects the entry where it is
 * more precise: with a STOP that only Twilio recognised, where the body was START or no keyword, and with Twilio's own time,
 * where only the time of arrival was known. Known hole: a message that is delivered again after the deduplication window, to
 * a phone with more than `historyCap` events since, is ordered by its time alone.
 */
export class Ledger {
  private readonly historyCap: number;
  private readonly dedupeWindowMs: number;
  private readonly twins: TwinMerger;

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly options: LedgerOptions,
  ) {
    this.historyCap = options.historyCap ?? 100;
    this.dedupeWindowMs = options.dedupeWindowMs ?? 30 * 86_400_000;
    this.twins = new TwinMerger(redis, (subject) => this.keyAsSpelled(subject));
    redis.defineCommand('optoutRecord', { numberOfKeys: 1, lua: RECORD });
    redis.defineCommand('optoutSettle', { numberOfKeys: 1, lua: SETTLE });
    redis.defineCommand('optoutRaise', { numberOfKeys: 1, lua: RAISE });
    redis.defineCommand('optoutChecked', { numberOfKeys: 1, lua: CHECKED });
  }

  /** Records an event, once. Safe to repeat: after a crash before the sync was enqueued, the repetition returns `needsSync`. */
  async record(subject: Subject, event: InboundEvent): Promise<Recorded> {
    await this.twins.merge(subject);
    const [result, version, applied, confirms] = await this.redis.optoutRecord(
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
    return {
      result: result as Recorded['result'],
      version,
      needsSync: version > applied,
      confirms: confirms === 1,
    };
  }

  /** Merges an entry under another spelling of the number into that of the subject; see {@link TwinMerger}. */
  mergeTwins(subject: Subject): Promise<void> {
    return this.twins.merge(subject);
  }

  /** Returns the entry for display: with one under another spelling of the number that is not merged yet. */
  async view(subject: Subject): Promise<LedgerEntry | undefined> {
    return parseLedgerEntry(await this.twins.readUnited(subject));
  }

  async read(subject: Subject): Promise<LedgerEntry | undefined> {
    return parseLedgerEntry(await this.redis.hgetall(this.key(subject)));
  }

  /**
   * Stores that Customer.io holds `version`, and for which people. Returns the events that thereby got their final outcome,
   * and whether a newer version waits: because it was recorded meanwhile, or because this one was written late, over a newer
   * one.
   *
   * @param people cio_ids
   */
  async markApplied(
    subject: Subject,
    version: number,
    { outcome, people }: { readonly outcome: 'applied' | 'no_match'; readonly people: readonly string[] },
  ): Promise<{ needsSync: boolean; settled: SettledEvent[] }> {
    return this.settle(subject, version, OUTCOME_CODES[outcome], '1', people.join(' '));
  }

  /** Stores that the pending events up to `version` wait for an operator. The version that Customer.io holds does not change. */
  async markDeadLettered(subject: Subject, version: number): Promise<SettledEvent[]> {
    return (await this.settle(subject, version, OUTCOME_CODES.dead_lettered, '0', '')).settled;
  }

  /**
   * Raises the timestamp of an entry above the times of the values that have to be overwritten, so that the write wins. An
   * event that is recorded later gets a later timestamp still.
   *
   * @param version the version that was read
   * @param times when the values were set, in seconds since 1970; undefined where that is unknown: Redis' time counts
   * @returns the new timestamp, or undefined when the entry has another version by now
   */
  async raiseTimestamp(
    subject: Subject,
    version: number,
    times: readonly (number | undefined)[],
  ): Promise<number | undefined> {
    const known = times.filter((time) => time !== undefined);
    const isUnknown = known.length < times.length ? '1' : '0';
    const raised = await this.redis.optoutRaise(this.key(subject), version, Math.max(0, ...known), isUnknown);
    return raised === 0 ? undefined : raised;
  }

  /**
   * Stores that Customer.io was compared with `version`. Changes neither versions nor outcomes, and nothing at all when
   * another version is applied by now.
   *
   * @param people the cio_ids that the version has been written to, over all comparisons
   */
  async markChecked(
    subject: Subject,
    version: number,
    {
      people,
      read,
      wrote,
    }: { readonly people: readonly string[]; readonly read: boolean; readonly wrote: boolean },
  ): Promise<void> {
    const key = this.key(subject);
    await this.redis.optoutChecked(key, version, people.join(' '), read ? '1' : '0', wrote ? '1' : '0');
  }

  /** Returns Redis' time in ms since 1970, by which `writtenAt` and `readAt` are stored. */
  async now(): Promise<number> {
    const [seconds = 0, micros = 0] = (await this.redis.time()).map(Number);
    return seconds * 1_000 + Math.floor(micros / 1_000);
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

  /** Returns one page of the entries that match, in no order; see {@link listEntries}. */
  list(options: ListOptions): Promise<EntryPage> {
    return listEntries(this.redis, this.keyPrefix, options);
  }

  /** Returns a number of entries that the ledger certainly does not exceed: that of all keys in Redis. */
  async maxEntries(): Promise<number> {
    const masters = this.redis instanceof Cluster ? this.redis.nodes('master') : [this.redis];
    const sizes = await Promise.all(masters.map((master) => master.dbsize()));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  private get keyPrefix(): string {
    return `${this.options.prefix}:ledger:`;
  }

  /** Nothing is written under another spelling than the canonical one. */
  private key(subject: Subject): string {
    return this.keyAsSpelled({ ...subject, phone: e164Spellings(subject.phone)[0] });
  }

  private keyAsSpelled({ workspace, channel, phone }: Subject): string {
    return `${this.keyPrefix}{${workspace}:${channel}:${phone}}`;
  }
}

function noteOf({ by, why, phrase }: InboundEvent): string {
  const note: Note = { by, why, phrase };
  return (by ?? why ?? phrase) ? JSON.stringify(note) : '';
}
