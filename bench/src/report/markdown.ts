import type { Benchmark, Outcome, Table } from '../harness/benchmark';
import type { Machine } from '../harness/machine';

/** All outcomes of a run as a page of the docs. */
export function forDocs(
  machine: Machine,
  run: { readonly quick: boolean; readonly rounds: number },
  outcomes: readonly (readonly [Benchmark, Outcome])[],
): string {
  return [
    '# Figures',
    `Written by \`npm run bench\`; how they are taken and what they mean: [performance.md](performance.md).`,
    ...(run.quick ? ['**From a `--quick` run: to see that all works, not to be relied on.**'] : []),
    table(
      ['run of', machine.at.slice(0, 16).replace('T', ' ')],
      [
        ['processor', `${machine.cpu}, ${String(machine.cores)} cores, ${String(machine.memoryGiB)} GiB`],
        ['system', machine.system],
        ['Node', machine.node],
        ['Redis', machine.redis],
        [
          'pinning',
          machine.pinning
            ? `measured: core ${machine.pinning.measured}, all else: ${machine.pinning.others}`
            : 'none: no taskset or a single core',
        ],
        ['load of the machine before', machine.loadBefore.toFixed(2)],
        ['rounds', String(run.rounds)],
      ],
    ),
    ...outcomes.flatMap(([{ name, about }, { tables, targets, notes }]) => [
      `## ${name}`,
      `Measures ${about}.`,
      ...tables.flatMap(({ title, columns, rows }) => [`**${title}**`, table(columns, rows)]),
      ...(targets.length === 0
        ? []
        : [
            table(
              ['target', 'wanted', 'got', ''],
              targets.map(({ what, wanted, got, met }) => [what, wanted, got, met ? 'met' : '**missed**']),
            ),
          ]),
      ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
    ]),
    '',
  ].join('\n\n');
}

function table(columns: Table['columns'], rows: Table['rows']): string {
  return [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
