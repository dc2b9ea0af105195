import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { held, type Result } from './checker/result';
import { table } from './checker/table';
import { Environment, type EnvironmentOptions } from './environment/environment';
import { MUTANTS, withMutant } from './mutants/mutants';
import { Random } from './random';
import { runScenario } from './run-scenario';
import type { Scenario } from './scenario';
import { SCENARIOS } from './scenarios/index';
import { Population } from './workload/population';

const USAGE = `npm run test:faults -- [options]

  --only <row>      only this row; may be given several times
  --scale <number>  so many times the injections and the duration of the soak (default 1)
  --quick           the same as --scale 0.1
  --seed <number>   repeats a run's choices
  --json <file>     writes the results there as well
  --defect <name>   seeds a defect, plays the rows that must notice it, and fails unless they do
  --list            names the rows and the defects

Exit code: 0 when all is as promised (with --defect: when the defect was noticed), 1 when not, 2 for wrong arguments.
`;

const EXAMPLES_SHOWN = 5;
const QUICK = 0.1;
/** Of a defect, as long as nothing else is said. */
const DEFECT_SCALE = 0.3;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      scale: { type: 'string' },
      quick: { type: 'boolean' },
      seed: { type: 'string' },
      json: { type: 'string' },
      defect: { type: 'string' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const defect = values.defect === undefined ? undefined : MUTANTS[values.defect];
  if (values.defect !== undefined && !defect) throw new Error(`no defect is called ${values.defect}`);
  const names = values.only ?? defect?.noticedBy ?? SCENARIOS.map(({ name }) => name);
  const rows = names.map((name) => {
    const row = SCENARIOS.find((one) => one.name === name);
    if (!row) throw new Error(`no row is called ${name}`);
    return row;
  });
  const scale = Number(values.scale ?? (values.quick ? QUICK : defect ? DEFECT_SCALE : 1));
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  if (!(scale > 0)) throw new Error('--scale must be a number above 0');
  if (!Number.isInteger(seed)) throw new Error('--seed must be a whole number');
  return { ...values, rows, scale, seed, defect };
}

/** Each row on a system of its own. */
async function play(row: Scenario, seed: number, scale: number, on: EnvironmentOptions): Promise<Result> {
  const stage = await Environment.start(on);
  try {
    const crowd = new Population(stage.system.sandbox.workspace());
    const onFault = (fault: string): void => {
      if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${row.name}: ${fault}\r`);
    };
    return await (
      await runScenario(row, { stage, crowd, random: new Random(seed) }, { scale, onFault })
    ).finish();
  } finally {
    await stage.stop();
  }
}

function report(result: Result): void {
  const { lost, doubled, wrong } = result.complaints;
  say(`${held(result) ? 'ok    ' : 'FAILED'}  ${result.row}  (${result.seconds.toFixed(0)} s)`);
  if (result.failure !== undefined) say(`        ${result.failure}`);
  for (const [what, examples] of Object.entries({ lost, doubled, wrong })) {
    for (const example of examples.slice(0, EXAMPLES_SHOWN)) say(`        ${what}: ${example}`);
  }
}

async function run(): Promise<number> {
  const { rows, scale, seed, defect, json, list, help } = options();
  if (help) say(USAGE);
  if (list)
    say(
      [...SCENARIOS.map(({ name }) => name), ...Object.keys(MUTANTS).map((name) => `--defect ${name}`)].join(
        '\n',
      ),
    );
  if (help || list) return 0;
  say(`seed ${String(seed)}, scale ${String(scale)}, ${String(rows.length)} rows`);
  const results = await withMutant(defect, async (on) => {
    const played: Result[] = [];
    for (const row of rows) {
      const result = await play(row, seed, scale, on);
      report(result);
      played.push(result);
    }
    return played;
  });
  say(`\n${table(results)}\n\nseed ${String(seed)}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ seed, scale, results }, null, 2)}\n`);
  const noticed = results.filter((result) => !held(result)).map(({ row }) => row);
  if (!defect) return noticed.length === 0 ? 0 : 1;
  say(noticed.length > 0 ? `the defect was noticed by ${noticed.join(', ')}` : 'NOBODY NOTICED THE DEFECT');
  return noticed.length > 0 ? 0 : 1;
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
