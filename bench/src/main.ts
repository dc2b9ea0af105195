import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks/benchmarks';
import { runBenchmark } from './run-benchmark';
import { type Benchmark, type BenchmarkReport } from './harness/benchmark';
import { availableCores, describeMachine, type Machine } from './harness/machine';
import { startRedis } from './harness/redis';
import { forDocs, forTerminal } from './harness/report';
import { USAGE } from './usage';

const ROUNDS = 5;
const QUICK_ROUNDS = 1;

interface Options {
  readonly benchmarks: readonly Benchmark[];
  readonly quick: boolean;
  readonly rounds: number;
  /** The folder of a built copy of another version. */
  readonly against: string | undefined;
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
      against: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? QUICK_ROUNDS : ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1 on');
  const { quick, json, markdown, help } = values;
  const against = values.against === undefined ? undefined : resolve(values.against);
  return { benchmarks: benchmarksNamed(positionals), quick, rounds, against, json, markdown, help };
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
  const { quick, rounds, against } = options;
  const [loadBefore = 0] = loadavg();
  const cores = availableCores();
  const folder = await mkdtemp(join(tmpdir(), 'optout-sync-bench-'));
  const reports: [Benchmark, BenchmarkReport][] = [];
  try {
    const machine = await machineOf(cores, loadBefore);
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    for (const benchmark of options.benchmarks) {
      const report = await runBenchmark(benchmark, { quick, rounds, against, cores, folder, log });
      reports.push([benchmark, report]);
      process.stdout.write(`\n${forTerminal(benchmark.name, report, options)}\n`);
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
