import { openDatabase, type Database } from './database';
import { checkFolder, identityOf } from './folder-identity';
import type { LiveStopTally } from './live-stop-tally';
import { decode, type SpooledBatch } from './spooled-batch';

/** An item on disk. */
export interface SpoolItem {
  readonly key: string;
  readonly text: string;
  /** Which one it was read from. Another journal may have another item with the same key. */
  readonly journal: Journal;
  /** `undefined` when the format of the text is unknown. */
  readonly content: SpooledBatch | undefined;
}

export interface JournalOptions {
  readonly dir: string;
  readonly open?: (dir: string) => Promise<Database>;
  /** Creates what counts the items of a journal. */
  readonly createTally?: () => LiveStopTally;
}

/** The size of a journal, and the last key that it gave. */
export interface JournalSize {
  readonly items: number;
  /** Of keys and items together. */
  readonly bytes: number;
  readonly lastKey: number;
  readonly tally?: LiveStopTally | undefined;
}

export const EMPTY: JournalSize = { items: 0, bytes: 0, lastKey: 0 };

/** Keys are numbers with this many digits, so that their order is the order of arrival. */
const KEY_DIGITS = 16;
const BEFORE_ITEMS = '';
const AFTER_ITEMS = ':';
/** Written to find out whether the disk takes writes. Sorts behind the items. */
const PROBE_KEY = '~probe';

/** The limit of what `rescue` loads into memory. */
const RESCUE_BYTES = 64 * 1024 ** 2;

/** The limit of what a read loads into memory. */
const READ_BYTES = 1_000_000;

/**
 * Items on disk in the order of arrival, in one open database. Every write is fsynced before it resolves. Any method rejects
 * with the database's error. The journal must not be used after that: LevelDB may not continue after a write that failed
 * half-way.
 */
export class Journal {
  /** Everything up to this key is removed. A read that starts behind it skips LevelDB's tombstones. */
  private removedTo = BEFORE_ITEMS;
  private items = 0;
  private bytes = 0;

  private constructor(
    private readonly database: Database,
    private readonly dir: string,
    private readonly identity: string,
    private lastKey: number,
    private readonly tally: LiveStopTally | undefined,
  ) {}

  /**
   * Opens the database in a folder and reads all of it for its size. New keys follow both the stored ones and `lastKey`.
   *
   * @throws {ConfigError} when another process has the folder
   */
  static async open(
    { dir, open = openDatabase, createTally }: JournalOptions,
    lastKey: number,
  ): Promise<Journal> {
    const database = await open(dir);
    try {
      const identity = await identityOf(dir);
      const journal = new Journal(database, dir, identity, lastKey, createTally?.());
      await journal.measure();
      return journal;
    } catch (error) {
      await database.close().catch(() => undefined);
      throw error;
    }
  }

  get size(): JournalSize {
    const { items, bytes, lastKey, tally } = this;
    return { items, bytes, lastKey, tally };
  }

  /** Resolves once all items are fsynced, and found to be in the folder at its path. */
  async append(texts: readonly string[]): Promise<void> {
    const operations = texts.map((text) => ({ type: 'put', key: this.nextKey(), value: text }) as const);
    await this.database.batch(operations, { sync: true });
    await this.checkFolder();
    this.items += texts.length;
    for (const text of texts) {
      this.bytes += sizeOf(text);
      this.tally?.add(text);
    }
  }

  /** Up to `limit` items, the oldest first. Fewer when they are large. */
  async oldest(limit: number): Promise<SpoolItem[]> {
    const items: SpoolItem[] = [];
    let bytes = 0;
    const range = { gt: this.removedTo, lt: AFTER_ITEMS, limit };
    for await (const [key, text] of this.database.iterator(range)) {
      items.push({ key, text, journal: this, content: decode(text) });
      bytes += text.length;
      if (bytes >= READ_BYTES) break;
    }
    return items;
  }

  /** Removes the oldest items, as `oldest` returned them. */
  async remove(items: readonly SpoolItem[]): Promise<void> {
    const last = items.at(-1);
    if (!last) return;
    const operations = items.map(({ key }) => ({ type: 'del', key }) as const);
    await this.database.batch(operations, { sync: true });
    this.removedTo = last.key;
    this.items -= items.length;
    for (const { text } of items) {
      this.bytes -= sizeOf(text);
      this.tally?.remove(text);
    }
  }

  /** Returns the space of removed items to the disk. */
  async compact(): Promise<void> {
    await this.database.compactRange(BEFORE_ITEMS, AFTER_ITEMS);
  }

  /** @throws {FolderLostError} when the folder at the path is not the one that was opened */
  async checkFolder(): Promise<void> {
    await checkFolder(this.dir, this.identity);
  }

  /**
   * The items that can still be read, oldest first, at most 64 MB. Where the folder was deleted, LevelDB holds the latest in
   * memory and has the files open that it read before.
   */
  async rescue(): Promise<string[]> {
    const texts: string[] = [];
    let bytes = 0;
    try {
      for await (const [, text] of this.database.iterator({ gt: this.removedTo, lt: AFTER_ITEMS })) {
        bytes += sizeOf(text);
        if (bytes > RESCUE_BYTES) break;
        texts.push(text);
      }
    } catch {
      // The file of the next ones is gone.
    }
    return texts;
  }

  /** Rejects when the disk takes no writes. */
  async probe(): Promise<void> {
    await this.database.put(PROBE_KEY, '', { sync: true });
  }

  /** Waits for running operations. */
  async close(): Promise<void> {
    await this.database.close();
  }

  private async measure(): Promise<void> {
    for await (const [key, text] of this.database.iterator({ gt: BEFORE_ITEMS, lt: AFTER_ITEMS })) {
      this.items += 1;
      this.bytes += sizeOf(text);
      this.tally?.add(text);
      this.lastKey = Math.max(this.lastKey, Number(key));
    }
  }

  private nextKey(): string {
    return String(++this.lastKey).padStart(KEY_DIGITS, '0');
  }
}

/** The bytes that an item occupies with its key. */
export function sizeOf(text: string): number {
  return KEY_DIGITS + Buffer.byteLength(text);
}
