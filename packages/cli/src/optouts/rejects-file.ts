import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { OperationError, type ImportFormat } from '@optout-sync/operations';

/** The rows that were not imported, as they are in the file that was read, with their line and the reason. */
export class RejectsFile {
  private file: number | undefined;

  /**
   * @param source the file that is read
   * @throws {OperationError} `file_unwritable` when both are the same
   */
  constructor(
    readonly path: string,
    private readonly format: ImportFormat,
    source: string,
  ) {
    if (areSame(path, source)) {
      throw new OperationError(
        'file_unwritable',
        'the file for rejected rows is the one to import: name another one',
      );
    }
  }

  /** Whether there is any row. */
  get exists(): boolean {
    return this.file !== undefined;
  }

  /** @throws {OperationError} `file_unwritable` */
  add(line: number, reason: string, record: Readonly<Record<string, unknown>>): void {
    const isFirst = !this.exists;
    // It holds whole phones: only its owner may read it.
    this.file ??= open(this.path);
    const ours = { line, reason };
    // Rejects that are imported again have columns of these names.
    const row = { ...ours, ...record, ...ours };
    const text = this.format === 'csv' ? stringify([row], { header: isFirst }) : `${JSON.stringify(row)}\n`;
    writeSync(this.file, text);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (error) {
    const reason = (error as Error).message;
    throw new OperationError('file_unwritable', `the file for rejected rows cannot be written: ${reason}`);
  }
}

/** Whether two paths lead to one file. */
function areSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
