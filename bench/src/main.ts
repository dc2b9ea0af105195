import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks/benchmarks';
import { startRedis } from './harness/bench-redis';
import type { Benchmark, BenchmarkReport } from './harness/benchmark';
import { availableCores } from './process/cores';
import { describeMachine, type Machine } from './harness/machine';
import { forDocs } from './report/markdown';
import { forTerminal } from './report/terminal';
import { runBenchmark } from './run-benchmark';

const ROUNDS = 5;
const QUICK_ROUNDS = 2;

const USAGE = `npm run bench [-- [options] <name>...]

${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join('\n')}

Without a name all benchmarks run.
  --quick            fewer rounds and short windows: a check that everything works
  --rounds <n>       rounds of each comparison (default 5, with --quick 2)
  --json <file>      writes all figures, round by round
  --markdown <file>  writes the tables in the form of docs/performance-tables.md
`;

interface Options {
  readonly benchmarks: readonly Benchmark[];
  readonly quick: boolean;
  readonly rounds: number;
  /** Files for the figures and the tables. */
  readonly json: string | undefined;
  readonly markdown: string | undefined;
  readonly help: boolean;
}

/** @throws {Error} when an argument is unknown or invalid */
function parseOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? QUICK_ROUNDS : ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1 on');
  const { quick, json, markdown, help } = values;
  return { benchmarks: benchmarksNamed(positionals), quick, rounds, json, markdown, help };
}

function benchmarksNamed(names: readonly string[]): readonly Benchmark[] {
  if (names.length === 0) return BENCHMARKS;
  return names.map((name) => {
    const benchmark = BENCHMARKS.find((each) => each.name === name);
    if (benchmark) return benchmark;
    throw new Error(
      `unknown benchmark ${name}; there are: ${BENCHMARKS.map((each) => each.name).join(', ')}`,
    );
  });
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { quick, rounds } = options;
  const [loadBefore = 0] = loadavg();
  const cores = availableCores();
  const folder = await mkdtemp(join(tmpdir(), 'optout-sync-bench-'));
  const reports: [Benchmark, BenchmarkReport][] = [];
  try {
    const machine = await machineOf(cores, loadBefore);
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    for (const benchmark of options.benchmarks) {
      const report = await runBenchmark(benchmark, { quick, rounds, cores, folder, log });
      reports.push([benchmark, report]);
      process.stdout.write(`\n${forTerminal(benchmark.name, report)}\n`);
      // After each benchmark, so that the failure of a later one loses nothing.
      await writeReports(machine, options, reports);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeReports(
  machine: Machine,
  { quick, rounds, json, markdown }: Options,
  reports: readonly [Benchmark, BenchmarkReport][],
): Promise<void> {
  const run = { quick, rounds };
  if (json !== undefined) {
    const benchmarks = Object.fromEntries(reports.map(([{ name }, report]) => [name, report]));
    await writeFile(json, `${JSON.stringify({ machine, run, benchmarks }, null, 2)}\n`);
  }
  if (markdown !== undefined) await writeFile(markdown, forDocs(machine, run, reports));
}

async function machineOf(cores: Machine['pinning'], loadBefore: number): Promise<Machine> {
  const redis = await startRedis(undefined);
  try {
    return await describeMachine(redis, cores, loadBefore);
  } finally {
    await redis.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
