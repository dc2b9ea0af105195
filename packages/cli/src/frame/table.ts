import Table from 'cli-table3';
import { painter } from './colors';
import type { Terminal } from './terminal';

type Row = readonly (string | number)[];
type Width = Pick<Terminal, 'columns' | 'color'>;

/**
 * A table that fits the terminal: with borders where it fits, else a list of its rows, one line a cell. Into a pipe or a file:
 * one line a row, columns aligned by spaces, whatever the width.
 */
export function tableText(terminal: Width, head: readonly string[], rows: readonly Row[]): string {
  const { columns } = terminal;
  if (columns === undefined) return plainTable(head, rows);
  const table = borderedTable(terminal, head, rows);
  return widthOf(table) <= columns ? table : listText(terminal, columns, head, rows);
}

/** Without borders, for programs. */
function plainTable(head: readonly string[], rows: readonly Row[]): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push([...head], ...rows.map((row) => row.map((cell) => String(cell).replaceAll('\n', ', '))));
  return withoutTrailingSpaces(table.toString());
}

function borderedTable({ color }: Width, head: readonly string[], rows: readonly Row[]): string {
  const paint = painter({ color });
  // Not coloured by the library, which judges by the standard output of this process.
  const table = new Table({
    head: head.map((label) => paint('bold', label)),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** Each row as lines of `head  cell`, folded to the width, with an empty line between rows. */
function listText(terminal: Width, columns: number, head: readonly string[], rows: readonly Row[]): string {
  const paint = painter(terminal);
  const labelWidth = Math.max(...head.map((label) => label.length));
  const valueWidth = Math.max(20, columns - labelWidth - GAP.length);
  return rows
    .map((row) => {
      const table = new Table({
        chars: NO_BORDERS,
        style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
        colWidths: [labelWidth, valueWidth],
        wordWrap: true,
        // A word that is longer than a line would be cut off otherwise.
        wrapOnWordBoundary: !row.some((cell) => hasLongWord(String(cell), valueWidth)),
      });
      const cells = row.map((cell, n) => [head[n] ?? '', String(cell)] as const);
      table.push(...cells.filter(([, cell]) => cell !== '').map((pair) => [...pair]));
      const lines = withoutTrailingSpaces(table.toString()).split('\n');
      return lines
        .map((line) => paint('bold', line.slice(0, labelWidth)) + line.slice(labelWidth))
        .join('\n');
    })
    .join('\n\n');
}

const hasLongWord = (text: string, width: number): boolean =>
  text.split(/\s+/).some((word) => word.length > width);

/** Between two columns without borders. */
const GAP = '  ';

const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: GAP },
} as const;

/** Of the top border, which has no colours that matter to its end. */
function widthOf(table: string): number {
  // eslint-disable-next-line no-control-regex -- colours take no room
  return (table.split('\n')[0] ?? '').replace(/\u001b\[\d+m/g, '').length;
}

const withoutTrailingSpaces = (text: string): string => text.replace(/ +$/gm, '');
