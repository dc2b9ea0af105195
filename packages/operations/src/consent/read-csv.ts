import { CsvError, parse } from 'csv-parse/sync';
import { delimiterOf } from '../csv/delimiter';
import { OperationError } from '../operation-error';
import type { WrittenItem } from './consent-item';

const COLUMNS = ['phone', 'sender', 'date'] as const;

/**
 * Reads items from CSV with a header, separated by commas, semicolons or tabs: a column `phone`, and perhaps `sender` and `date`. Other columns are ignored.
 *
 * @returns the items with the lines that they end on
 * @throws {OperationError} `csv_invalid`; the message names the line and never shows a value
 */
export function readConsentCsv(text: string): WrittenItem[] {
  const rows = parseCsv(text);
  const first = rows[0]?.record;
  if (!first) throw new OperationError('csv_invalid', 'the file has no row below its header');
  if (!Object.hasOwn(first, 'phone')) {
    throw new OperationError(
      'csv_invalid',
      `the header has no column \`phone\`; the columns are ${COLUMNS.join(', ')}, of which phone is needed`,
    );
  }
  return rows.map(({ record: { phone = '', sender = '', date = '' }, info }) => ({
    row: info.lines,
    phone,
    sender,
    date,
  }));
}

interface CsvRow {
  readonly record: Readonly<Record<string, string | undefined>>;
  readonly info: { readonly lines: number };
}

function parseCsv(text: string): CsvRow[] {
  try {
    return parse(text, {
      columns: (header: string[]) => header.map((name) => name.toLowerCase()),
      bom: true,
      info: true,
      trim: true,
      delimiter: delimiterOf(text),
      skip_empty_lines: true,
    }) as unknown as CsvRow[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? String(error.lines) : '?';
    throw new OperationError('csv_invalid', `the file is no CSV (${error.code}, line ${line})`);
  }
}
