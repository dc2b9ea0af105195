import type { ScenarioResult } from './scenario-result';

const HEAD = [
  'scenario',
  'faults',
  'accepted',
  'deliveries',
  'failed deliveries',
  'lost',
  'duplicated',
  'wrong',
  'created',
  'dead letters',
  'recovery s (median / max)',
  'seconds',
];

/** The results as a Markdown table, aligned for a terminal. */
export function resultsTable(results: readonly ScenarioResult[]): string {
  const rows = [HEAD, ...results.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) => `| ${row.map((cell, n) => padded(cell, n, widths[n] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function cells(result: ScenarioResult): string[] {
  const { lost, duplicated, wrong } = result.violations;
  const counts = [result.faults, result.accepted, result.deliveries, result.failedDeliveries, lost.length];
  const more = [duplicated.length, wrong.length, result.created, result.deadLetters];
  const recovery = `${inSeconds(median(result.recoveryMs))} / ${inSeconds(Math.max(0, ...result.recoveryMs))}`;
  return [
    result.failure === undefined ? result.scenario : `${result.scenario} (failed)`,
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
