import CliTable from 'cli-table3';
import type { Outcome, Table } from '../harness/benchmark';

/** An outcome for people at a terminal. */
export function forTerminal(name: string, { tables, targets, notes }: Outcome): string {
  return [
    ...tables.map(({ title, columns, rows }) => `${name}: ${title}\n${drawn(columns, rows)}`),
    ...(targets.length === 0
      ? []
      : [
          drawn(
            ['target', 'wanted', 'got', ''],
            targets.map(({ what, wanted, got, met }) => [what, wanted, got, met ? 'met' : 'MISSED']),
          ),
        ]),
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}

function drawn(columns: Table['columns'], rows: Table['rows']): string {
  const table = new CliTable({ head: [...columns], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
