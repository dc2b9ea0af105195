import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks/index';
import { startRedis } from './harness/bench-redis';
import type { Benchmark, Outcome } from './harness/benchmark';
import { availableCores } from './harness/cores';
import { describeMachine, type Machine } from './harness/machine';
import { forDocs } from './report/markdown';
import { forTerminal } from './report/terminal';
import { runBenchmark } from './run-benchmark';

const USAGE = `npm run bench [-- [options] <name>...]

${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join('\n')}

Without a name, all of them.
  --quick            fewer rounds and short windows: to see that all works
  --rounds <n>       rounds of each comparison (5, quick: 2)
  --json <file>      writes all figures, round by round
  --markdown <file>  writes the tables as docs/performance-tables.md has them
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { quick } = values;
  const rounds = Number(values.rounds ?? (quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1 on');
  const [loadBefore = 0] = loadavg();
  const cores = availableCores();
  const folder = await mkdtemp(join(tmpdir(), 'optout-sync-bench-'));
  const outcomes: [Benchmark, Outcome][] = [];
  try {
    const machine = await machineOf(cores, loadBefore);
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    for (const benchmark of chosen(positionals)) {
      const outcome = await runBenchmark(benchmark, { quick, rounds, cores, folder, say });
      outcomes.push([benchmark, outcome]);
      process.stdout.write(`\n${forTerminal(benchmark.name, outcome)}\n`);
      // After each, so that a later one that fails costs nothing.
      if (values.json !== undefined)
        await writeFile(values.json, asJson(machine, { quick, rounds }, outcomes));
      if (values.markdown !== undefined)
        await writeFile(values.markdown, forDocs(machine, { quick, rounds }, outcomes));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function chosen(names: readonly string[]): readonly Benchmark[] {
  if (names.length === 0) return BENCHMARKS;
  return names.map((name) => {
    const benchmark = BENCHMARKS.find((each) => each.name === name);
    if (benchmark) return benchmark;
    throw new Error(`no benchmark ${name}; there are: ${BENCHMARKS.map((each) => each.name).join(', ')}`);
  });
}

async function machineOf(cores: Machine['pinning'], loadBefore: number): Promise<Machine> {
  const redis = await startRedis(undefined);
  try {
    return await describeMachine(redis, cores, loadBefore);
  } finally {
    await redis.stop();
  }
}

const asJson = (machine: Machine, run: object, outcomes: readonly [Benchmark, Outcome][]): string =>
  `${JSON.stringify({ machine, run, benchmarks: Object.fromEntries(outcomes.map(([{ name }, outcome]) => [name, outcome])) }, null, 2)}\n`;

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
