import { setTimeout as delay } from 'node:timers/promises';
import type { WorkspaceOf } from '@optout-sync/shared/config';
import type { InboundEvent, Subject } from '@optout-sync/shared/domain';
import { enqueueInboundBatch, isSyncQueued } from '@optout-sync/shared/queues';
import type { OverrideTarget } from '../accounts';
import { requireAuthor, type Author } from '../audit/author';
import { OperationError } from '../operation-error';
import { asOperatorRun } from '../runs/as-operator-run';
import type { Stores } from '../stores';
import { findColumns, type Columns, type ImportField } from './columns';
import { importEvent } from './import-event';
import { parseRow, type ImportedOptOut, type RejectReason, type RowDefaults } from './parse-row';
import { readRows, sizeOfFile, type ImportFormat, type Row } from './read-rows';

interface ImportRequest extends RowDefaults {
  readonly path: string;
  readonly format: ImportFormat;
  readonly columns: Readonly<Partial<Record<ImportField, string>>>;
  readonly target: OverrideTarget;
  readonly workspaceOf: WorkspaceOf;
  /**
   * The time of rows without a date, in ms since 1970, or `now`. With it they are imported also where the ledger has a word of the
   * phone to that sender.
   */
  readonly asOf?: number | 'now' | undefined;
  /** Who imports, and why, and how many events per second at most; `undefined` only counts. */
  readonly enqueue?: (Partial<Author> & { readonly rate: number }) | undefined;
}

export interface ImportCounts {
  rows: number;
  /** Rows that are, or would be, enqueued. */
  imported: number;
  /** Those among them without a date. */
  undated: number;
  /** Rows that were imported before. */
  unchanged: number;
  /** Rows that are not imported, by reason. */
  rejected: Partial<Record<RejectReason, number>>;
}

interface Listeners {
  onColumns(columns: Columns): void;
  onReject(row: Row, reason: RejectReason): void;
  /** @param bytes how far the file is read, of `size` */
  onProgress(counts: Readonly<ImportCounts>, bytes: number, size: number): void;
  /** Ends the import between two batches, and the pause after one. */
  readonly stop: AbortSignal;
}

/** Rows that are compared with the ledger and enqueued together. */
const BATCH_SIZE = 50;

/**
 * Imports opt-outs that were recorded elsewhere, as events of source `import`, behind live traffic. A row with a date is ordered by
 * it among the words in the ledger. A row without one is imported, with the present time, where the ledger has no word of that phone
 * to that sender. Memory does not grow with the file. Safe to repeat, also after an end in the middle: what was imported is skipped.
 *
 * @throws {OperationError} `file_unreadable`, `column_unknown`, `column_missing`, `sender_missing`, `who_missing`
 */
export async function importOptOuts(
  stores: Pick<Stores, 'queues' | 'ledger' | 'audit' | 'operatorRuns'>,
  request: ImportRequest,
  listeners: Listeners,
): Promise<ImportCounts> {
  const { path, format, enqueue, target } = request;
  const author = enqueue && requireAuthor(enqueue);
  const size = await sizeOfFile(path);
  const details = { file: path, workspace: target.workspace };
  return asOperatorRun(stores, { kind: 'import', author, details, stop: listeners.stop }, async (seen) => {
    const { audit } = stores;
    const counts: ImportCounts = { rows: 0, imported: 0, undated: 0, unchanged: 0, rejected: {} };
    if (author) await audit.add({ action: 'import', ...author, details: { ...details, state: 'begun' } });
    const batches = new ImportBatches(stores, request, counts, { ...listeners, stop: seen.stop });
    for await (const row of readRows(path, format)) {
      if (seen.stop.aborted) break;
      if (!(await batches.add(row))) continue;
      listeners.onProgress(counts, row.bytes, size);
      seen.report({ ...countsOf(counts), bytes: row.bytes, ofBytes: size });
    }
    if (!seen.stop.aborted) await batches.flush();
    seen.report(countsOf(counts));
    if (author) {
      const state = seen.stop.aborted ? 'stopped' : 'ended';
      await audit.add({ action: 'import', ...author, details: { ...details, state, ...counts } });
    }
    return counts;
  });
}

function countsOf({ rejected, ...counts }: ImportCounts): Record<string, number> {
  return { ...counts, rejected: Object.values(rejected).reduce((sum, count) => sum + count, 0) };
}

class ImportBatches {
  private columns: Columns | undefined;
  private batch: { readonly row: Row; readonly optOut: ImportedOptOut }[] = [];

  constructor(
    private readonly stores: Pick<Stores, 'queues' | 'ledger'>,
    private readonly request: ImportRequest,
    private readonly counts: ImportCounts,
    private readonly listeners: Listeners,
  ) {}

  /** Returns whether a batch was completed with the row. */
  async add(row: Row): Promise<boolean> {
    this.counts.rows += 1;
    const now = Date.now();
    const parsed = row.isMalformed
      ? ({ kind: 'rejected', reason: 'row_malformed' } as const)
      : parseRow(row.record, this.columnsOf(row.record), this.request, now);
    if (parsed.kind === 'rejected') this.reject(row, parsed.reason);
    else this.batch.push({ row, optOut: this.dated(parsed.optOut) });
    if (this.batch.length < BATCH_SIZE) return false;
    await this.flush();
    return true;
  }

  async flush(): Promise<void> {
    const batch = this.batch.splice(0);
    const now = await this.stores.ledger.now();
    const found = await Promise.all(
      batch.map(async ({ row, optOut }) => {
        const event = importEvent(optOut, this.request.target.accountSid, now);
        return { row, optOut, event, status: await this.statusOf(event, optOut) };
      }),
    );
    const events: InboundEvent[] = [];
    for (const { row, optOut, event, status } of found) {
      if (status === 'unchanged') this.counts.unchanged += 1;
      else if (status === 'known') this.reject(row, 'known');
      else {
        this.counts.imported += 1;
        if (optOut.at === undefined) this.counts.undated += 1;
        events.push(event);
      }
    }
    await this.enqueue(events);
  }

  private async enqueue(events: readonly InboundEvent[]): Promise<void> {
    const { enqueue } = this.request;
    if (!enqueue || events.length === 0) return;
    await enqueueInboundBatch(this.stores.queues, events);
    const { stop: signal } = this.listeners;
    await delay((events.length / enqueue.rate) * 1_000, undefined, { signal }).catch(() => undefined);
  }

  /** `known`: without a date, and the ledger has a word of the phone to that sender. */
  private async statusOf(
    { messageSid, accountSid, channel, phone, sender }: InboundEvent,
    { at }: ImportedOptOut,
  ): Promise<'new' | 'unchanged' | 'known'> {
    const { ledger, queues } = this.stores;
    const { target, workspaceOf } = this.request;
    const workspace = workspaceOf(accountSid, sender) ?? target.workspace;
    const subject: Subject = { workspace, channel, phone };
    const imported = await ledger.find(subject, messageSid);
    // One that waits without a job is enqueued again.
    if (imported) {
      const isLost = imported.outcome === 'pending' && !(await isSyncQueued(queues, subject));
      return isLost ? 'new' : 'unchanged';
    }
    if (at !== undefined || this.request.asOf === 'now') return 'new';
    return (await ledger.read(subject))?.senders.has(sender) ? 'known' : 'new';
  }

  private dated(optOut: ImportedOptOut): ImportedOptOut {
    const { asOf } = this.request;
    return optOut.at === undefined && typeof asOf === 'number' ? { ...optOut, at: asOf } : optOut;
  }

  /** The columns, by the first row that can be read. */
  private columnsOf(record: Readonly<Record<string, unknown>>): Columns {
    if (this.columns) return this.columns;
    this.columns = findColumns(Object.keys(record), this.request.columns);
    if (this.columns.sender === undefined && this.request.sender === undefined) {
      throw new OperationError(
        'sender_missing',
        'no column names your number or Messaging Service that the opt-outs are for: give the sender, or the column that has it',
      );
    }
    this.listeners.onColumns(this.columns);
    return this.columns;
  }

  private reject(row: Row, reason: RejectReason): void {
    this.counts.rejected[reason] = (this.counts.rejected[reason] ?? 0) + 1;
    this.listeners.onReject(row, reason);
  }
}
