import { ConfigError } from '@optout-sync/shared/config';
import type { WriteBatch } from '../store/event-store';
import { GroupCommit } from '../store/group-commit';
import { SpoolError, openDatabase, type Database } from './database';
import { decode, encode, type Spooled } from './spooled';

/** An item on disk. `content` is undefined when nobody here can read its text. */
export interface SpoolItem {
  readonly key: string;
  readonly text: string;
  readonly content: Spooled | undefined;
}

/** Is told of every item kept, and once of each time the spool stops or starts taking items. */
export interface SpoolListener {
  spooled(items: number): void;
  spoolLost(error: SpoolError): void;
  spoolBack(): void;
}

export interface SpoolOptions {
  readonly dir: string;
  /** Of keys and items together. */
  readonly maxBytes: number;
  readonly listener: SpoolListener;
  readonly open?: (dir: string) => Promise<Database>;
}

/** Keys are numbers of that many digits, so that their order is the order of arrival. */
const KEY_DIGITS = 16;
const BEFORE_ITEMS = '';
const AFTER_ITEMS = ':';
/** Written to see whether the disk still takes something; sorts behind the items. */
const PROBE_KEY = '~probe';

const REOPEN_EVERY_MS = 1_000;
const PROBE_EVERY_MS = 10_000;

/** What a read may bring into memory at once. */
const READ_BYTES = 1_000_000;

/**
 * What webhooks brought while Redis could not take it, on disk, in the order it came.
 *
 * *Open*: takes and gives items. *Full*: open, but an item found no room; ends when some are removed.
 * *Broken*: the disk refused a read or a write, or the folder could not be opened; nothing is taken or given, and it is
 * opened anew each second (LevelDB may not go on after a write that failed half-way). *Closed*: for good.
 */
export class Spool {
  private database: Database | undefined;
  private readonly writes = new GroupCommit<string>((texts) => this.commit(texts));
  private trouble: SpoolError | undefined;
  private letGo: Promise<unknown> = Promise.resolve();
  private tending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private probedAt = 0;
  private lastKey = 0;
  /** Everything up to here is removed: a read that starts behind it skips LevelDB's tombstones. */
  private removedTo = BEFORE_ITEMS;
  private count = 0;
  private stored = 0;
  private reserved = 0;

  private constructor(private readonly options: SpoolOptions) {}

  /** Opens it, or starts broken. @throws ConfigError when another process has the folder. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    await spool.reopen().catch((error: unknown) => {
      if (error instanceof ConfigError) throw error;
      spool.breakDown(error);
    });
    spool.timer = setInterval(() => {
      spool.tending ??= spool.tend().finally(() => (spool.tending = undefined));
    }, REOPEN_EVERY_MS).unref();
    return spool;
  }

  get items(): number {
    return this.count;
  }

  get bytes(): number {
    return this.stored;
  }

  /** Why it takes nothing now; undefined while it does. */
  get unusable(): SpoolError | undefined {
    return this.trouble;
  }

  /** Resolves once the item is fsynced. @throws SpoolError */
  async append(bundle: WriteBatch, at: number): Promise<void> {
    if (!this.database) throw this.trouble ?? new SpoolError('spool_closed');
    const text = encode({ at, bundle });
    const bytes = sizeOf(text);
    if (this.stored + this.reserved + bytes > this.options.maxBytes) {
      throw this.report(new SpoolError('spool_full'));
    }
    this.reserved += bytes;
    try {
      await this.writes.add(text);
    } finally {
      this.reserved -= bytes;
    }
  }

  /** Up to `limit` items, the oldest first; fewer when they are large. @throws SpoolError */
  oldest(limit: number): Promise<SpoolItem[]> {
    return this.working(async (database) => {
      const items: SpoolItem[] = [];
      let bytes = 0;
      for await (const [key, text] of database.iterator({ gt: this.removedTo, lt: AFTER_ITEMS, limit })) {
        items.push({ key, text, content: decode(text) });
        bytes += text.length;
        if (bytes >= READ_BYTES) break;
      }
      return items;
    });
  }

  /** Removes the oldest items, as `oldest` gave them. @throws SpoolError */
  async remove(items: readonly SpoolItem[]): Promise<void> {
    const last = items.at(-1);
    if (!last) return;
    await this.working((database) =>
      database.batch(
        items.map(({ key }) => ({ type: 'del', key })),
        { sync: true },
      ),
    );
    this.removedTo = last.key;
    this.count -= items.length;
    for (const { text } of items) this.stored -= sizeOf(text);
    if (this.trouble?.code === 'spool_full') this.report(undefined);
    // Gives the disk its room back.
    if (this.count === 0) await this.working((database) => database.compactRange(BEFORE_ITEMS, AFTER_ITEMS));
  }

  /** Waits for what is being written, then closes; what is in it stays for the next start. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.tending;
    await this.writes.idle();
    const database = this.database;
    this.database = undefined;
    this.trouble = new SpoolError('spool_closed');
    await this.letGo;
    await database?.close();
  }

  private async commit(texts: readonly string[]): Promise<void> {
    await this.working((database) =>
      database.batch(
        texts.map((text) => ({ type: 'put', key: this.nextKey(), value: text })),
        { sync: true },
      ),
    );
    this.count += texts.length;
    for (const text of texts) this.stored += sizeOf(text);
    this.options.listener.spooled(texts.length);
  }

  private nextKey(): string {
    return String(++this.lastKey).padStart(KEY_DIGITS, '0');
  }

  private async working<Result>(work: (database: Database) => Promise<Result>): Promise<Result> {
    const database = this.database;
    if (!database) throw this.trouble ?? new SpoolError('spool_closed');
    try {
      return await work(database);
    } catch (error) {
      throw database === this.database ? this.breakDown(error) : new SpoolError('spool_broken', error);
    }
  }

  private breakDown(error: unknown): SpoolError {
    const database = this.database;
    this.database = undefined;
    if (database) this.letGo = database.close().catch(() => undefined);
    return this.report(new SpoolError('spool_broken', error));
  }

  /** Every second: opens what is broken, and now and then writes to what nobody else writes to. */
  private async tend(): Promise<void> {
    try {
      if (!this.database) await this.reopen();
      else if (performance.now() - this.probedAt >= PROBE_EVERY_MS) {
        this.probedAt = performance.now();
        await this.working((database) => database.put(PROBE_KEY, '', { sync: true }));
      }
    } catch {
      // It was told when it broke.
    }
  }

  private async reopen(): Promise<void> {
    await this.letGo;
    const database = await (this.options.open ?? openDatabase)(this.options.dir);
    try {
      await this.takeStock(database);
    } catch (error) {
      this.letGo = database.close().catch(() => undefined);
      throw error;
    }
    this.database = database;
    this.report(undefined);
  }

  private async takeStock(database: Database): Promise<void> {
    let [count, stored, lastKey] = [0, 0, ''];
    for await (const [key, text] of database.iterator({ gt: BEFORE_ITEMS, lt: AFTER_ITEMS })) {
      count += 1;
      stored += sizeOf(text);
      lastKey = key;
    }
    this.count = count;
    this.stored = stored;
    this.lastKey = Math.max(this.lastKey, Number(lastKey));
    this.removedTo = BEFORE_ITEMS;
  }

  /** Remembers why it takes nothing, or that it does, and tells when that is new. */
  private report<Trouble extends SpoolError | undefined>(trouble: Trouble): Trouble {
    const before = this.trouble;
    this.trouble = trouble;
    if (trouble && trouble.code !== before?.code) this.options.listener.spoolLost(trouble);
    if (!trouble && before) this.options.listener.spoolBack();
    return trouble;
  }
}

function sizeOf(text: string): number {
  return KEY_DIGITS + Buffer.byteLength(text);
}
