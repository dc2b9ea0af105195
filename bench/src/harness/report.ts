import CliTable from 'cli-table3';
import type { Benchmark, BenchmarkReport, PerformanceTarget, Table } from './benchmark';
import { figures, summarize, type ContenderResult, type Summary } from './compare';
import type { Machine } from './machine';

/** A number with three significant digits, and none after the point from 100 on. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The median, with the extremes of the rounds. */
export const spread = ({ median, min, max }: Summary): string =>
  `${number(median)} (${number(min)} to ${number(max)})`;

/** The spread of one figure of a contender. */
export const spreadOf = (results: readonly ContenderResult[], name: string, key: string): string =>
  spread(summarize(figures(results, name, key)));

/** A figure whose median must be at least `least`. */
export const atLeast = (what: string, got: Summary, least: number, unit = ''): PerformanceTarget => ({
  what,
  wanted: `at least ${number(least)}${unit}`,
  got: spread(got) + unit,
  met: got.median >= least,
});

/** A figure whose median must be at most `most`. */
export const atMost = (what: string, got: Summary, most: number, unit = ''): PerformanceTarget => ({
  what,
  wanted: `at most ${number(most)}${unit}`,
  got: spread(got) + unit,
  met: got.median <= most,
});

/** What a quick run says of its figures. */
const NO_MEASUREMENT =
  'This is no measurement: --quick only checks that everything works, and its figures are not reliable.';

/** A report as text for a terminal. A quick run compares nothing with its target. */
export function forTerminal(
  name: string,
  { tables, targets, notes }: BenchmarkReport,
  { quick }: { readonly quick: boolean },
): string {
  return [
    ...tables.map(({ title, columns, rows }) => `${name}: ${title}\n${drawTable(columns, rows)}`),
    ...(targets.length === 0
      ? []
      : [
          drawTable(
            ['target', 'wanted', 'got', ''],
            targets.map(({ what, wanted, got, met }) => [
              what,
              wanted,
              got,
              quick ? '-' : met ? 'met' : 'MISSED',
            ]),
          ),
        ]),
    ...(quick ? [NO_MEASUREMENT] : []),
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}

function drawTable(columns: Table['columns'], rows: Table['rows']): string {
  const table = new CliTable({ head: [...columns], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** All reports of a run as a page of the docs. */
export function forDocs(
  machine: Machine,
  run: { readonly quick: boolean; readonly rounds: number },
  reports: readonly (readonly [Benchmark, BenchmarkReport])[],
): string {
  return [
    '# Benchmark tables',
    'Written by `npm run bench`. [performance.md](performance.md) describes the method and the meaning of the figures.',
    ...(run.quick ? [`**${NO_MEASUREMENT}**`] : []),
    machineTable(machine, run.rounds),
    ...reports.flatMap(([benchmark, report]) => section(benchmark, report, run.quick)),
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

function section(
  { name, about }: Benchmark,
  { tables, targets, notes }: BenchmarkReport,
  quick: boolean,
): string[] {
  const targetRows = targets.map(({ what, wanted, got, met }) => [
    what,
    wanted,
    got,
    quick ? '-' : met ? 'met' : '**missed**',
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
