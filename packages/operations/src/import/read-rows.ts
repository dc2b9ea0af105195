import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { OperationError } from '../operation-error';

export type ImportFormat = 'csv' | 'jsonl';

/** A row of a file. */
export interface Row {
  /** Where it begins, from 1. */
  readonly line: number;
  /** How far the file is read, in bytes. */
  readonly bytes: number;
  /** Undefined for a row that cannot be read. */
  readonly record: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Checks that a file can be read.
 *
 * @returns its size in bytes
 * @throws {OperationError} `file_unreadable`
 */
export async function sizeOfFile(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw unreadable((error as Error).message);
  }
  throw unreadable(`${path} is not a file`);
}

const unreadable = (reason: string): OperationError =>
  new OperationError('file_unreadable', `the file cannot be read: ${reason}`);

/** Reads a file row by row, in memory that does not grow with it. @throws {OperationError} `file_unreadable` */
export function readRows(path: string, format: ImportFormat): AsyncGenerator<Row> {
  return format === 'csv' ? csvRows(path) : jsonRows(path);
}

/** With a header; separated by commas, semicolons or tabs. */
async function* csvRows(path: string): AsyncGenerator<Row> {
  const parser = parse({
    columns: true,
    bom: true,
    info: true,
    trim: true,
    delimiter: [',', ';', '\t'],
    skip_empty_lines: true,
    relax_column_count: true,
  });
  const file = createReadStream(path);
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRow>) {
      yield { line: info.lines, bytes: info.bytes, record: info.error ? undefined : record };
    }
  } catch (error) {
    throw unreadable((error as Error).message);
  } finally {
    file.destroy();
  }
}

interface CsvRow {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number; readonly bytes: number; readonly error?: unknown };
}

/** One JSON object a line. */
async function* jsonRows(path: string): AsyncGenerator<Row> {
  let [line, bytes] = [0, 0];
  const file = createReadStream(path);
  try {
    for await (const text of createInterface({ input: file, crlfDelay: Infinity })) {
      line += 1;
      bytes += Buffer.byteLength(text) + 1;
      if (text.trim() !== '') yield { line, bytes, record: parseObject(text) };
    }
  } finally {
    file.destroy();
  }
}

function parseObject(text: string): Row['record'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
