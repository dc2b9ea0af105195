import { stringify } from 'csv-stringify/sync';
import { LINK_COLUMN, OperationError, createLinks, type RejectReason } from '@optout-sync/operations';
import { EXIT, ExitStatus } from '../frame/exit-codes';
import { startProgress } from '../frame/progress';
import type { Terminal } from '../frame/terminal';
import { REASONS } from '../optouts/import-text';

/** Rows that are printed together. */
const ROWS_AT_ONCE = 1_000;

interface Rejected {
  readonly line: number;
  readonly reason: RejectReason;
}

/**
 * Prints a CSV file with a link in each row. Rows that get none are left out, so that no mail goes out without its link.
 *
 * @throws {OperationError} what `createLinks` throws, and the reason of the first row where no row got a link
 * @throws {ExitStatus} 3 when some rows got none
 */
export async function printLinks(
  terminal: Terminal,
  settings: Parameters<typeof createLinks>[0],
  request: Parameters<typeof createLinks>[1],
): Promise<void> {
  const { size, rows } = await createLinks(settings, request, Date.now());
  const progress = startProgress(terminal, 'rows', 1);
  const rejected: Rejected[] = [];
  let [read, made]: [number, number] = [0, 0];
  let batch: object[] = [];
  const print = (): void => {
    if (batch.length === 0) return;
    terminal.out(stringify(batch, { header: made === 0 }).trimEnd());
    made += batch.length;
    batch = [];
  };
  try {
    for await (const row of rows) {
      read += 1;
      if (row.url === undefined) rejected.push(row);
      else batch.push({ ...row.record, [LINK_COLUMN]: row.url });
      if (read % ROWS_AT_ONCE > 0) continue;
      print();
      // The number of rows is not known before the end.
      progress.setTotal(Math.max(read, Math.round((read * size) / row.bytes)));
      progress.update(read);
    }
    print();
  } finally {
    progress.end();
  }
  report(terminal, made, rejected);
}

function report(terminal: Terminal, made: number, rejected: readonly Rejected[]): void {
  const [first] = rejected;
  if (!first) return;
  // A mistake in every row is one of the command line, or of the whole file.
  if (made === 0)
    throw new OperationError(first.reason, `line ${String(first.line)}: ${REASONS[first.reason]}`);
  for (const { line, reason } of rejected) {
    terminal.error(`line ${String(line)} is left out (${reason}): ${REASONS[reason]}`);
  }
  terminal.error(`Rows with a link: ${String(made)}. Left out: ${String(rejected.length)}.`);
  throw new ExitStatus(EXIT.partly);
}
