// node scripts/run.mjs <program> [arguments]: installs and builds what is missing, then runs one of our programs in this
// very process, so that arguments, terminal, signals and exit code are the program's own.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT, bootstrap } from './bootstrap/bootstrap.mjs';
import { endWithNpm } from './bootstrap/end-with-npm.mjs';
import { slowSteps } from './bootstrap/slow-steps.mjs';

const onStdout = (line) => console.log(line);
const onStderr = (line) => console.error(line);
// The output may be piped on, and mostly nothing has changed.
const slow = slowSteps(2_000, onStderr);

const SYSTEM = ['local-runtime', 'ingest', 'worker'];

/**
 * `workspaces`: what to build, together with what they depend on; all by default. `longRunning`: the program ends when npm
 * ends.
 */
const PROGRAMS = {
  start: { main: localRuntime('start'), workspaces: SYSTEM, longRunning: true, say: onStdout },
  dev: { main: localRuntime('dev'), workspaces: SYSTEM, longRunning: true, say: onStdout },
  test: { main: localRuntime('test'), longRunning: true, say: onStdout },
  faults: { main: 'faults/dist/main.js', longRunning: true, say: onStdout },
  bench: { main: 'bench/dist/main.js', longRunning: true, say: onStderr },
  cli: { main: localRuntime('cli'), workspaces: ['local-runtime', 'cli'], say: slow.say },
  simulate: { main: localRuntime('simulate'), workspaces: ['local-runtime'], say: slow.say },
};

const [name, ...args] = process.argv.slice(2);
const program = PROGRAMS[name];
if (!program) {
  console.error(`usage: node scripts/run.mjs <${Object.keys(PROGRAMS).join('|')}> [arguments]`);
  process.exit(64);
}
if (program.longRunning) endWithNpm();
await bootstrap(program);
slow.end();

const main = join(ROOT, program.main);
process.argv = [process.execPath, main, ...args];
process.setSourceMapsEnabled(true);
createRequire(import.meta.url)(main);

function localRuntime(program) {
  return `packages/local-runtime/dist/bin/${program}.js`;
}
