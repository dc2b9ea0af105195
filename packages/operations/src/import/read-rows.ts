import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { delimiterOf } from '../csv/delimiter';
import { OperationError } from '../operation-error';

export type ImportFormat = 'csv' | 'jsonl';

/** A row of a file. */
export interface Row {
  /** Where it begins, from 1. */
  readonly line: number;
  /** How far the file is read, in bytes. */
  readonly bytes: number;
  /** What it holds: by column, or the text as `row` where it is no JSON object. */
  readonly record: Readonly<Record<string, unknown>>;
  /** It has too many or too few cells, or is no JSON object. */
  readonly isMalformed: boolean;
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

/** The longest row, in bytes. A longer one is a sign of another format, or of a quote that is never closed. */
const MAX_ROW_BYTES = 65_536;

/**
 * Reads a file row by row, in memory that does not grow with it.
 *
 * @throws {OperationError} `file_unreadable`, also for a row of more than 64 KiB and for a quote that is never closed
 */
export async function* readRows(path: string, format: ImportFormat): AsyncGenerator<Row> {
  try {
    yield* format === 'csv' ? csvRows(path) : jsonRows(path);
  } catch (error) {
    // A CsvError is one of the file; any other is of the disk.
    throw error instanceof OperationError ? error : unreadable((error as Error).message);
  }
}

/** With a header; separated by commas, semicolons or tabs. */
async function* csvRows(path: string): AsyncGenerator<Row> {
  let header: readonly string[] = [];
  const parser = parse({
    columns: (names: string[]) => (header = names),
    bom: true,
    info: true,
    trim: true,
    delimiter: delimiterOf(await beginningOf(path)),
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
  });
  const file = createReadStream(path);
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRow>) {
      const cells = Object.fromEntries(header.map((name) => [name, record[name] ?? '']));
      yield { line: info.lines, bytes: info.bytes, record: cells, isMalformed: info.error !== undefined };
    }
  } finally {
    file.destroy();
  }
}

interface CsvRow {
  readonly record: Readonly<Record<string, string | undefined>>;
  readonly info: { readonly lines: number; readonly bytes: number; readonly error?: unknown };
}

/** The beginning of a file, which has its header. */
async function beginningOf(path: string): Promise<string> {
  const file = createReadStream(path, { encoding: 'utf8', end: MAX_ROW_BYTES });
  for await (const text of file as AsyncIterable<string>) return text;
  return '';
}

/** One JSON object a line. */
async function* jsonRows(path: string): AsyncGenerator<Row> {
  let [line, bytes] = [0, 0];
  for await (const text of linesOf(path)) {
    line += 1;
    bytes += Buffer.byteLength(text) + 1;
    const json = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (json.trim() === '') continue;
    const record = parseObject(json);
    yield { line, bytes, record: record ?? { row: json }, isMalformed: record === undefined };
  }
}

/** @throws {OperationError} `file_unreadable` for a line that is too long: node:readline would hold it all */
async function* linesOf(path: string): AsyncGenerator<string> {
  let [rest, line] = ['', 1];
  for await (const chunk of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    line += lines.length;
    yield* lines;
    if (Buffer.byteLength(rest) > MAX_ROW_BYTES) {
      throw unreadable(`line ${String(line)} has more than ${String(MAX_ROW_BYTES)} bytes`);
    }
  }
  if (rest !== '') yield rest;
}

function parseObject(text: string): Row['record'] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
