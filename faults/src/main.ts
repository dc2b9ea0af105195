import { writeFileSync } from 'node:fs';
import { runAttacks } from './attacks/run-attacks';
import { resultsTable } from './checker/results-table';
import { passed, type ScenarioResult } from './checker/scenario-result';
import { Environment, type EnvironmentOptions } from './environment/environment';
import { MUTANTS, withMutant } from './mutants/mutants';
import { parseOptions, type Options } from './options';
import { runScenario } from './runner/run-scenario';
import type { Scenario } from './runner/scenario';
import { SCENARIOS } from './scenarios/scenarios';
import { USAGE } from './usage';
import { Population } from './workload/population';
import { Random } from './workload/random';

const EXAMPLES_SHOWN = 5;

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Runs a scenario in its own environment. */
async function runAlone(
  scenario: Scenario,
  { seed, scale }: Options,
  on: EnvironmentOptions,
): Promise<ScenarioResult> {
  const environment = await Environment.start({ ...scenario.environment, ...on });
  try {
    const population = new Population(environment.system.sandbox.workspace());
    const onFault = (fault: string): void => {
      if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${scenario.name}: ${fault}\r`);
    };
    const random = new Random(seed);
    const run = await runScenario(scenario, { environment, population, random }, { scale, onFault });
    return await run.finish();
  } finally {
    await environment.stop();
  }
}

function printResult(result: ScenarioResult): void {
  print(`${passed(result) ? 'ok    ' : 'FAILED'}  ${result.scenario}  (${result.seconds.toFixed(0)} s)`);
  if (result.failure !== undefined) print(`        ${result.failure}`);
  for (const example of result.deadLetterExamples) print(`        dead letter: ${example}`);
  for (const [kind, examples] of Object.entries(result.violations) as [string, string[]][]) {
    for (const example of examples.slice(0, EXAMPLES_SHOWN)) print(`        ${kind}: ${example}`);
  }
}

async function runAll(options: Options): Promise<ScenarioResult[]> {
  return withMutant(options.mutant, async (on) => {
    const results: ScenarioResult[] = [];
    for (const scenario of options.scenarios) {
      const result = await runAlone(scenario, options, on);
      printResult(result);
      results.push(result);
    }
    return results;
  });
}

function printNames(): void {
  for (const { name } of SCENARIOS) print(name);
  for (const name of Object.keys(MUTANTS)) print(`--mutant ${name}`);
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  const { scenarios, scale, seed, mutant, json } = options;
  if (options.help) print(USAGE);
  if (options.list) printNames();
  if (options.help || options.list) return 0;
  if (options.attacks) return (await runAttacks(print)) === 0 ? 0 : 1;
  print(`seed ${String(seed)}, scale ${String(scale)}, ${String(scenarios.length)} scenarios`);
  const results = await runAll(options);
  print(`\n${resultsTable(results)}\n\nseed ${String(seed)}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ seed, scale, results }, null, 2)}\n`);
  const failed = results.filter((result) => !passed(result)).map(({ scenario }) => scenario);
  if (!mutant) return failed.length === 0 ? 0 : 1;
  print(failed.length > 0 ? `the mutant was killed by ${failed.join(', ')}` : 'THE MUTANT SURVIVED');
  return failed.length > 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
