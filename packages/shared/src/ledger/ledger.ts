import { randomUUID } from 'node:crypto';
import { Cluster, type Redis, type Result } from 'ioredis';
import type { InboundEvent } from '../domain/inbound-event';
import type { Subject } from '../domain/subject';
import type { DestinationName } from '../domain/destination-name';
import type { MessageSid } from '../domain/twilio-ids';
import { redisTime } from '../redis/redis-time';
import { joinCalls } from '../redis/join-calls';
import { loadScript } from '../redis/load-script';
import { historyKey, ledgerKey, ledgerPrefix } from './keys';
import {
  OUTCOME_CODES,
  outcomeOf,
  parseEvent,
  parseLedgerEntry,
  type LedgerEntry,
  type Note,
  type RecordedEvent,
} from './ledger-entry';
import { readOrigins } from './origins';
import { formatLaterWrite, type LaterWrite } from './later-write';
import { findMessage, type MessageSearch } from './find-message';
import { eventArgs } from './event-args';
import { listEntries, type EntryPage, type ListOptions } from './list-entries';
import { TwinMerger } from './merge-twins';
import { readEntries, type ReadEntry } from './read-entries';
import { runOnEntries, type EntryArgs } from './run-on-entries';

/** Arguments and results are documented at the head of each `.lua` file. */
declare module 'ioredis' {
  interface RedisCommander<Context> {
    optoutRecord(keys: number, ...args: (string | number)[]): Result<(RecordReply | Error)[], Context>;
    optoutSettle(keys: number, ...args: (string | number)[]): Result<(SettleReply | Error)[], Context>;
    optoutEarly(key: string, version: number): Result<number, Context>;
    optoutRaise(key: string, ...args: (string | number)[]): Result<number, Context>;
    optoutErase(key: string, history: string, ...args: string[]): Result<Erased, Context>;
    optoutPrune(key: string, history: string, before: number): Result<number, Context>;
    optoutChecked(key: string, ...args: (string | number)[]): Result<number, Context>;
  }
}

/** What `record.lua` replies to one event; see there. */
type RecordReply = [result: string, version: number, applied: number, confirms: number, ...rows: string[]];
/** What `settle.lua` replies for one entry; see there. */
type SettleReply = [waits: string, ...rows: string[]];

const RECORD = loadScript(`${__dirname}/scripts`, 'record.lua');
const SETTLE = loadScript(`${__dirname}/scripts`, 'settle.lua');
const EARLY = loadScript(`${__dirname}/scripts`, 'early.lua');
const RAISE = loadScript(`${__dirname}/scripts`, 'raise.lua');
const ERASE = loadScript(`${__dirname}/scripts`, 'erase.lua');
const PRUNE = loadScript(`${__dirname}/scripts`, 'prune.lua');
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
  /** Earlier messages that waited for Customer.io and ended as stale by this one. */
  readonly superseded: readonly SettledEvent[];
  /**
   * The present outcome of a `duplicate` that is the very delivery which made the stored message: its job ran before, or was
   * enqueued twice. Missing for a duplicate that is another delivery.
   */
  readonly repeats?: RecordedEvent['outcome'];
}

/** What {@link Ledger.erase} did. */
type Erased = 'none' | 'pending' | 'erased' | 'removed';

/** An event to record. */
export interface RecordRequest {
  readonly subject: Subject;
  readonly event: InboundEvent;
  /** The numbers of the event's Messaging Service as far as they are configured: a START lifts their opt-outs too. */
  readonly ownNumbers?: readonly string[];
}

/** An event that has its final outcome. */
export type SettledEvent = Pick<
  RecordedEvent,
  'messageSid' | 'kind' | 'source' | 'receivedAt' | 'version' | 'outcome'
>;

export interface LedgerOptions {
  readonly prefix: string;
  /** How many older events of a phone are stored beside the latest ones (default: 1,000). */
  readonly historyCap?: number;
  /** The short id of this build and configuration, noted with each version (default: `-`). See `registerOrigin`. */
  readonly origin?: string;
  /** Whether the keyword of a message is stored with it (default: no). */
  readonly keepsKeywords?: boolean;
}

/**
 * The consent ledger in Redis: which phone opted out of or in to which sender, and which version of that Customer.io holds.
 *
 * Guarantees: one MessageSid changes an entry once, and per sender the message sent last decides, in whatever order events
 * arrive: the deciding message is that of the set of its rows (see `decidingMessage`). One script does both, so they hold between processes. An opt-out that repeats one which is applied, or will be, makes no
 * new version: it shares the outcome of the present one. A later delivery of a message corrects the entry where it is
 * more precise: with a STOP that only Twilio recognised, where the body was START or no keyword, and with Twilio's own time,
 * where only the time of arrival was known. Known hole: a message that is delivered again to a phone
 * with more than `historyCap` events since is ordered by its time alone, once its row is pruned.
 *
 * The cost does not grow with the number of messages of a phone: its latest messages and those that decide are in the entry, older ones
 * in a second hash, which is read only for a late message that what decides may depend on.
 */
export class Ledger {
  private readonly historyCap: number;
  private readonly twins: TwinMerger;
  private readonly settleOne = joinCalls<EntryArgs, SettleReply>(
    ({ keys: [entry] }) => (this.redis instanceof Cluster ? entry : ''),
    (entries) =>
      runOnEntries<SettleReply>(
        this.redis,
        (keys, ...args) => this.redis.optoutSettle(keys, ...args),
        [this.options.origin ?? '-'],
        entries,
      ),
  );

  constructor(
    private readonly redis: Redis | Cluster,
    private readonly options: LedgerOptions,
  ) {
    this.historyCap = options.historyCap ?? 1_000;
    this.twins = new TwinMerger(redis, options.prefix, options.origin ?? '-');
    redis.defineCommand('optoutRecord', { lua: RECORD });
    redis.defineCommand('optoutSettle', { lua: SETTLE });
    redis.defineCommand('optoutEarly', { numberOfKeys: 1, lua: EARLY });
    redis.defineCommand('optoutRaise', { numberOfKeys: 1, lua: RAISE });
    redis.defineCommand('optoutErase', { numberOfKeys: 2, lua: ERASE });
    redis.defineCommand('optoutPrune', { numberOfKeys: 2, lua: PRUNE });
    redis.defineCommand('optoutChecked', { numberOfKeys: 1, lua: CHECKED });
  }

  /**
   * Records an event, once. Safe to repeat: after a crash before the sync was enqueued, the repetition returns `needsSync`.
   *
   * @param ownNumbers see {@link RecordRequest}
   */
  async record(subject: Subject, event: InboundEvent, ownNumbers: readonly string[] = []): Promise<Recorded> {
    const [recorded] = await this.recordAll([{ subject, event, ownNumbers }]);
    if (!recorded || recorded instanceof Error) throw recorded ?? new Error('not recorded');
    return recorded;
  }

  /**
   * Records events, those of a phone in their order, in one round trip (on a cluster with the phones side by side). Returns what
   * each did, or the error that Redis answered to it.
   *
   * @throws {Error} what the connection throws, when some events may not have reached Redis
   */
  async recordAll(requests: readonly RecordRequest[]): Promise<(Recorded | Error)[]> {
    await Promise.all(requests.map(({ subject }) => this.twins.merge(subject)));
    const replies = await runOnEntries<RecordReply>(
      this.redis,
      (keys, ...args) => this.redis.optoutRecord(keys, ...args),
      [this.historyCap, this.options.origin ?? '-'],
      requests.map((request) => this.recordArgs(request)),
    );
    return replies.map((reply) => (reply instanceof Error ? reply : parseRecorded(reply)));
  }

  /** Merges an entry under another spelling of the number into that of the subject; see {@link TwinMerger}. */
  mergeTwins(subject: Subject): Promise<void> {
    return this.twins.merge(subject);
  }

  /** Reads an entry with its latest messages, as many as decide or wait for Customer.io. */
  async read(subject: Subject): Promise<LedgerEntry | undefined> {
    return parseLedgerEntry(await this.redis.hgetall(this.key(subject)));
  }

  /** Reads entries as `read` does, in one round trip. */
  readAll(subjects: readonly Subject[]): Promise<ReadEntry[]> {
    const keys = subjects.map((subject) => this.key(subject));
    return readEntries(this.redis, keys);
  }

  /**
   * Reads an entry with all its messages that are stored, up to some 1,000, and with one under another spelling of the number that
   * is not merged yet: for an operator.
   */
  async readWhole(subject: Subject): Promise<LedgerEntry | undefined> {
    return parseLedgerEntry(await this.twins.readUnited(subject));
  }

  /** Returns one message of an entry, also an older one; `undefined` when the ledger does not have it. */
  async find(subject: Subject, messageSid: MessageSid): Promise<RecordedEvent | undefined> {
    const field = `m:${messageSid}`;
    const both = this.redis.multi().hget(this.key(subject), field).hget(this.historyKey(subject), field);
    const row = ((await both.exec()) ?? []).map(([, value]) => value as string | null).find((value) => value);
    return row ? parseEvent(messageSid, row, new Map()) : undefined;
  }

  /**
   * Stores that Customer.io holds `version`, and for which people. Returns the events that thereby got their final outcome,
   * and whether a newer version waits: because it was recorded meanwhile, or because this one was written late, over a newer
   * one. Stores nothing of a version that the entry no longer has.
   *
   * @param people cio_ids
   * @param destinations the optional destinations that are configured, and whether each is written to people. One without
   *   a stored version holds the version that was applied before; what is stored of others is removed
   */
  async markApplied(
    subject: Subject,
    version: number,
    { outcome, people }: { readonly outcome: 'applied' | 'no_match'; readonly people: readonly string[] },
    destinations: readonly { readonly name: DestinationName; readonly toPeople: boolean }[] = [],
  ): Promise<{ needsSync: boolean; settled: SettledEvent[] }> {
    const configured = destinations.map(({ name, toPeople }) => `${name}=${toPeople ? '1' : '0'}`);
    return this.settle(subject, [
      version,
      OUTCOME_CODES[outcome],
      '1',
      people.join(' '),
      configured.join(' '),
    ]);
  }

  /** Stores an early write. Its version is applied by {@link markApplied} alone, which removes this. */
  async markEarly(subject: Subject, version: number): Promise<void> {
    await this.redis.optoutEarly(this.key(subject), version);
  }

  /** Stores that the pending events up to `version` wait for an operator. The version that Customer.io holds does not change. */
  async markDeadLettered(subject: Subject, version: number): Promise<SettledEvent[]> {
    return (await this.settle(subject, [version, OUTCOME_CODES.dead_lettered, '0', '', ''])).settled;
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
   * @param compared.people the cio_ids that the version has been written to, over all comparisons
   * @param compared.writes what was written to whom, and why, for operators
   */
  async markChecked(
    subject: Subject,
    version: number,
    compared: {
      readonly people: readonly string[];
      readonly read: boolean;
      readonly wrote: boolean;
      readonly writes?: readonly Pick<LaterWrite, 'reason' | 'kind' | 'people'>[];
    },
  ): Promise<void> {
    const { people, read, wrote, writes = [] } = compared;
    const flags = [read ? '1' : '0', wrote ? '1' : '0'];
    const lines = writes.map(formatLaterWrite);
    await this.redis.optoutChecked(this.key(subject), version, people.join(' '), ...flags, ...lines);
  }

  /**
   * Erases the messages, people and history of an entry. What remains is each sender with its state and since when, with the note
   * `erased`; of an entry in which no sender is stopped, and with `all`, nothing. An entry with a message that waits for Customer.io
   * is left as it is, and so is, without `all`, a suppression that Customer.io does not hold.
   */
  async erase(subject: Subject, { all }: { readonly all: boolean }): Promise<Erased> {
    await this.twins.merge(subject);
    const note: Note = { why: 'erased' };
    const args = [randomUUID(), JSON.stringify(note), all ? '1' : '0'];
    return this.redis.optoutErase(this.key(subject), this.historyKey(subject), ...args);
  }

  /**
   * Removes the messages of an entry that were sent and received before a time, except those that decide something: no state changes,
   * nor when it began, nor how a message after that time is ordered. An entry that is still to be merged with that of another spelling
   * is left as it is: the messages of both decide.
   *
   * @param before in ms since 1970
   * @returns how many messages were removed
   */
  async prune(subject: Subject, before: number): Promise<number> {
    if (await this.twins.isDue(subject)) return 0;
    return this.redis.optoutPrune(this.key(subject), this.historyKey(subject), before);
  }

  /** Returns Redis' time in ms since 1970, by which `writtenAt` and `readAt` are stored. */
  async now(): Promise<number> {
    return Math.floor(await redisTime(this.redis));
  }

  private recordArgs({ subject, event, ownNumbers = [] }: RecordRequest): EntryArgs {
    const keys = [this.key(subject), this.historyKey(subject)] as const;
    return { keys, args: eventArgs(event, ownNumbers, this.options.keepsKeywords ?? false) };
  }

  private async settle(
    subject: Subject,
    args: readonly [version: number, outcome: string, holds: string, people: string, destinations: string],
  ): Promise<{ needsSync: boolean; settled: SettledEvent[] }> {
    const [waits, ...rows] = await this.settleOne({ keys: [this.key(subject)], args });
    return { needsSync: waits === '1', settled: parseSettled(rows) };
  }

  /** Returns the builds and configurations behind the short ids of version notes, such as `worker 1.4.0 3f2a9c01`. */
  origins(): Promise<ReadonlyMap<string, string>> {
    return readOrigins(this.redis, this.options.prefix);
  }

  /** Returns one page of the entries that match, in no order; see {@link listEntries}. */
  list(options: ListOptions): Promise<EntryPage> {
    return listEntries(this.redis, ledgerPrefix(this.options.prefix), options);
  }

  /** Looks for the entry that has a message; see {@link findMessage}. */
  findMessage(messageSid: MessageSid, cursor?: string): Promise<MessageSearch> {
    return findMessage(this.redis, this.options.prefix, messageSid, cursor);
  }

  /** Returns a number of entries that the ledger certainly does not exceed: that of all keys in Redis. */
  async maxEntries(): Promise<number> {
    const masters = this.redis instanceof Cluster ? this.redis.nodes('master') : [this.redis];
    const sizes = await Promise.all(masters.map((master) => master.dbsize()));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  private key(subject: Subject): string {
    return ledgerKey(this.options.prefix, subject);
  }

  private historyKey(subject: Subject): string {
    return historyKey(this.options.prefix, subject);
  }
}

function parseRecorded([results, version, applied, confirms, ...superseded]: RecordReply): Recorded {
  const [result, outcome] = results.split(' ');
  return {
    result: result as Recorded['result'],
    version,
    needsSync: version > applied,
    confirms: confirms === 1,
    superseded: parseSettled(superseded),
    ...(outcome !== undefined && { repeats: outcomeOf(outcome) }),
  };
}

/** Parses sids and rows in turn. */
function parseSettled(rows: readonly string[]): SettledEvent[] {
  const settled: SettledEvent[] = [];
  for (let i = 0; i + 1 < rows.length; i += 2) {
    settled.push(parseEvent(rows[i] ?? '', rows[i + 1] ?? '', new Map()));
  }
  return settled;
}
