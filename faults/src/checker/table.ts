import type { Result } from './result';

const HEAD = [
  'row',
  'faults',
  'accepted',
  'deliveries',
  'refused',
  'lost',
  'doubled',
  'wrong',
  'created',
  'dead letters',
  'recovery s (median / max)',
  'seconds',
];

/** The results as a Markdown table, aligned for a terminal. */
export function table(results: readonly Result[]): string {
  const lines = [HEAD, ...results.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const text = lines.map(
    (line) => `| ${line.map((cell, n) => padded(cell, n, widths[n] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [text[0], rule, ...text.slice(1)].join('\n');
}

function cells(result: Result): string[] {
  const { lost, doubled, wrong } = result.complaints;
  const counts = [result.faults, result.accepted, result.deliveries, result.refusals, lost.length];
  const more = [doubled.length, wrong.length, result.created, result.deadLetters];
  const recovery = `${inSeconds(median(result.recoveryMs))} / ${inSeconds(Math.max(0, ...result.recoveryMs))}`;
  return [
    result.failure === undefined ? result.row : `${result.row} (failed)`,
    ...[...counts, ...more].map(String),
    recovery,
    String(Math.round(result.seconds)),
  ];
}

const inSeconds = (ms: number): string => (ms / 1_000).toFixed(1);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? sorted[0] ?? 0)) / 2;
}

function padded(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
