import { ConfigError } from '@optout-sync/shared/config';
import type { LiveStopsByWorkspace } from '@optout-sync/shared/unapplied';
import { GroupCommit } from '../store/group-commit';
import type { WriteBatch } from '../store/event-store';
import { SpoolError } from './database';
import { FolderLostError } from './folder-identity';
import { EMPTY, Journal, sizeOf, type JournalOptions, type JournalSize, type SpoolItem } from './journal';
import { Periodic } from './periodic';
import { encode } from './spooled-batch';

export interface SpoolStateEvents {
  /** Items are durable in the spool. */
  spooled(items: number): void;
  /** The spool stops taking items. Reported once for each reason. */
  spoolLost(error: SpoolError): void;
  /** The spool takes items again. */
  spoolBack(): void;
}

export interface SpoolOptions extends JournalOptions {
  /** Of keys and items together. */
  readonly maxBytes: number;
  readonly telemetry: SpoolStateEvents;
}

type State =
  | { readonly is: 'open'; readonly journal: Journal }
  | { readonly is: 'full'; readonly journal: Journal; readonly error: SpoolError }
  | {
      readonly is: 'broken';
      readonly error: SpoolError;
      readonly size: JournalSize;
      /**
       * The closing of the failed journal, before which the folder cannot be opened. Resolves to the items that were read from
       * a lost folder.
       */
      readonly released: Promise<readonly string[]>;
    }
  | { readonly is: 'closed'; readonly error: SpoolError; readonly size: JournalSize };

const SUPERVISE_EVERY_MS = 1_000;
const PROBE_EVERY_MS = 10_000;

/**
 * The batches of webhooks on disk, in the order of arrival, for the time in which Redis does not take them.
 *
 * *Open*: takes and returns items. Every 10 s a write probes the disk. Every second, and after every write, the folder is
 * compared with the one that was opened: a deleted or moved file takes writes too.
 *
 * *Full*: returns items, and takes those that fit. Entered from *open* when an item exceeds `maxBytes`, left for *open*
 * when items are removed.
 *
 * *Broken*: neither takes nor returns items. Entered from any state but *closed* when the disk fails a read, a write or a
 * probe, when the folder was deleted, moved or replaced, or when it cannot be opened at the start. Left for *open* when the
 * folder is opened again, which is attempted each second. What could be read of a lost folder is written to it first.
 *
 * *Closed*: neither takes nor returns items. Entered by `close()` and never left.
 */
export class Spool {
  private readonly writes = new GroupCommit<string>((texts) => this.commit(texts));
  /** The bytes of the items that are being written. */
  private reservedBytes = 0;
  private probedAt = 0;
  private readonly supervision = new Periodic(SUPERVISE_EVERY_MS, () => this.supervise());

  private constructor(
    private readonly options: SpoolOptions,
    private state: State,
  ) {}

  /**
   * Opens the folder. The spool starts *broken* when the folder cannot be opened.
   *
   * @throws {ConfigError} when another process has the folder
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options, await openOrBroken(options));
    if (spool.unusable) options.telemetry.spoolLost(spool.unusable);
    spool.supervision.start();
    return spool;
  }

  get items(): number {
    return this.size.items;
  }

  get maxBytes(): number {
    return this.options.maxBytes;
  }

  get bytes(): number {
    return this.size.bytes;
  }

  /** Whether `items` is what the folder has, and not what it had before it broke. */
  get isReadable(): boolean {
    return 'journal' in this.state;
  }

  /** The live opt-outs among the items, by workspace. @param now in ms since 1970 */
  liveStops(now: number): LiveStopsByWorkspace {
    return this.size.tally?.count(now) ?? new Map();
  }

  /** Why the spool takes no items. `undefined` while it does. */
  get unusable(): SpoolError | undefined {
    return this.state.is === 'open' ? undefined : this.state.error;
  }

  /**
   * Resolves once the batch is fsynced.
   *
   * @param at the present time, in ms since 1970
   * @throws {SpoolError}
   */
  async append(batch: WriteBatch, at: number): Promise<void> {
    const { journal } = this.usable();
    const text = encode({ at, batch });
    const bytes = sizeOf(text);
    if (journal.size.bytes + this.reservedBytes + bytes > this.options.maxBytes) {
      const error = new SpoolError('spool_full');
      this.enter({ is: 'full', journal, error });
      throw error;
    }
    this.reservedBytes += bytes;
    try {
      await this.writes.add(text);
    } finally {
      this.reservedBytes -= bytes;
    }
  }

  /** Up to `limit` items, the oldest first. Fewer when they are large. @throws {SpoolError} */
  oldest(limit: number): Promise<SpoolItem[]> {
    return this.use((journal) => journal.oldest(limit));
  }

  /**
   * Removes the oldest items, as `oldest` returned them.
   *
   * @throws {SpoolError} also when the folder was opened again since: its items are returned again
   */
  async remove(items: readonly SpoolItem[]): Promise<void> {
    if (items.length === 0) return;
    const { journal: opened } = this.usable();
    if (items.some(({ journal }) => journal !== opened)) throw new SpoolError('spool_folder_lost');
    await this.use((journal) => journal.remove(items));
    if (this.state.is === 'full') this.enter({ is: 'open', journal: this.state.journal });
    if (this.items === 0) await this.use((journal) => journal.compact());
  }

  /** Waits for running writes, then closes. The items stay on disk for the next start. */
  async close(): Promise<void> {
    await this.supervision.stop();
    await this.writes.idle();
    // A last attempt, for the items of a lost folder.
    if (this.state.is === 'broken') await this.reopen(this.state).catch(() => undefined);
    const { state, size } = this;
    this.state = { is: 'closed', error: new SpoolError('spool_closed'), size };
    if (state.is === 'broken') await state.released;
    if ('journal' in state) await state.journal.close();
  }

  private get size(): JournalSize {
    return 'journal' in this.state ? this.state.journal.size : this.state.size;
  }

  private async commit(texts: readonly string[]): Promise<void> {
    await this.use((journal) => journal.append(texts));
    this.options.telemetry.spooled(texts.length);
  }

  private usable(): { readonly journal: Journal } {
    if ('journal' in this.state) return this.state;
    throw this.state.error;
  }

  private async use<Result>(work: (journal: Journal) => Promise<Result>): Promise<Result> {
    const { journal } = this.usable();
    try {
      return await work(journal);
    } catch (cause) {
      const isLost = cause instanceof FolderLostError;
      const error = new SpoolError(isLost ? 'spool_folder_lost' : 'spool_broken', cause);
      const isCurrent = 'journal' in this.state && this.state.journal === journal;
      if (isCurrent) this.breakDown(journal, error);
      throw error;
    }
  }

  private breakDown(journal: Journal, error: SpoolError): void {
    const released = release(journal);
    this.enter({ is: 'broken', error, size: journal.size, released });
  }

  /** Opens a broken spool again, and probes a disk that may have no other writes. */
  private async supervise(): Promise<void> {
    if (this.state.is === 'broken') {
      await this.reopen(this.state);
      return;
    }
    await this.use((journal) => journal.checkFolder());
    if (performance.now() - this.probedAt >= PROBE_EVERY_MS) {
      this.probedAt = performance.now();
      await this.use((journal) => journal.probe());
    }
  }

  private async reopen({ released, size }: Extract<State, { is: 'broken' }>): Promise<void> {
    const rescued = await released;
    const journal = await Journal.open(this.options, size.lastKey);
    try {
      if (rescued.length > 0) await journal.append(rescued);
    } catch (error) {
      await journal.close().catch(() => undefined);
      throw error;
    }
    this.enter({ is: 'open', journal });
  }

  private enter(next: State): void {
    const before = this.unusable;
    this.state = next;
    const { unusable } = this;
    if (unusable && unusable.code !== before?.code) this.options.telemetry.spoolLost(unusable);
    if (!unusable && before) this.options.telemetry.spoolBack();
  }
}

/** Closes a failed journal. Its items are on disk, unless its folder is lost: then returns those that can still be read. */
async function release(journal: Journal): Promise<readonly string[]> {
  const isLost = await journal.checkFolder().then(
    () => false,
    () => true,
  );
  const rescued = isLost ? await journal.rescue() : [];
  await journal.close().catch(() => undefined);
  return rescued;
}

async function openOrBroken(options: SpoolOptions): Promise<State> {
  try {
    return { is: 'open', journal: await Journal.open(options, EMPTY.lastKey) };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return {
      is: 'broken',
      error: new SpoolError('spool_broken', error),
      size: EMPTY,
      released: Promise.resolve([]),
    };
  }
}
