import type { Benchmark, BenchmarkReport, Table } from '../harness/benchmark';
import type { Machine } from '../harness/machine';

/** All reports of a run as a page of the docs. */
export function forDocs(
  machine: Machine,
  run: { readonly quick: boolean; readonly rounds: number },
  reports: readonly (readonly [Benchmark, BenchmarkReport])[],
): string {
  return [
    '# Benchmark tables',
    'Written by `npm run bench`. [performance.md](performance.md) describes the method and the meaning of the figures.',
    ...(run.quick
      ? ['**From a `--quick` run: a check that everything works; the figures are not reliable.**']
      : []),
    machineTable(machine, run.rounds),
    ...reports.flatMap(([benchmark, report]) => section(benchmark, report)),
    '',
  ].join('\n\n');
}

function machineTable(machine: Machine, rounds: number): string {
  const { pinning } = machine;
  return table(
    ['run of', machine.at.slice(0, 16).replace('T', ' ')],
    [
      ['processor', `${machine.cpu}, ${String(machine.cores)} cores, ${String(machine.memoryGiB)} GiB`],
      ['system', machine.system],
      ['Node', machine.node],
      ['Redis', machine.redis],
      [
        'pinning',
        pinning
          ? `measured: core ${pinning.measured}, all else: ${pinning.others}`
          : 'none: no taskset or a single core',
      ],
      ['load of the machine before', machine.loadBefore.toFixed(2)],
      ['rounds', String(rounds)],
    ],
  );
}

function section({ name, about }: Benchmark, { tables, targets, notes }: BenchmarkReport): string[] {
  const targetRows = targets.map(({ what, wanted, got, met }) => [
    what,
    wanted,
    got,
    met ? 'met' : '**missed**',
  ]);
  return [
    `## ${name}`,
    `Measures ${about}.`,
    ...tables.flatMap(({ title, columns, rows }) => [`**${title}**`, table(columns, rows)]),
    ...(targets.length === 0 ? [] : [table(['target', 'wanted', 'got', ''], targetRows)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
  ];
}

function table(columns: Table['columns'], rows: Table['rows']): string {
  return [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
