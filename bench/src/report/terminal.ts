import CliTable from 'cli-table3';
import type { BenchmarkReport, Table } from '../harness/benchmark';

/** A report as text for a terminal. */
export function forTerminal(name: string, { tables, targets, notes }: BenchmarkReport): string {
  return [
    ...tables.map(({ title, columns, rows }) => `${name}: ${title}\n${drawTable(columns, rows)}`),
    ...(targets.length === 0
      ? []
      : [
          drawTable(
            ['target', 'wanted', 'got', ''],
            targets.map(({ what, wanted, got, met }) => [what, wanted, got, met ? 'met' : 'MISSED']),
          ),
        ]),
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}

function drawTable(columns: Table['columns'], rows: Table['rows']): string {
  const table = new CliTable({ head: [...columns], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
