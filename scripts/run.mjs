// node scripts/run.mjs <program> [arguments]: installs and builds what is missing, then runs one of our programs in this
// very process, so that arguments, terminal, signals and exit code are the program's own.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT, bootstrap } from './bootstrap/bootstrap.mjs';
import { endWithNpm } from './bootstrap/end-with-npm.mjs';

const onStdout = (line) => console.log(line);
const onStderr = (line) => console.error(line);
/** The output may be piped on, so only an installation, which takes a while, is announced. */
const installationOnStderr = (line) => line.includes('npm ci') && console.error(line);

/** `longRunning`: it ends when npm ends. */
const PROGRAMS = {
  start: { main: 'packages/local-runtime/dist/bin/start.js', longRunning: true, say: onStdout },
  dev: { main: 'packages/local-runtime/dist/bin/dev.js', longRunning: true, say: onStdout },
  test: { main: 'packages/local-runtime/dist/bin/test.js', longRunning: true, say: onStdout },
  faults: { main: 'faults/dist/main.js', longRunning: true, say: onStdout },
  bench: { main: 'bench/dist/main.js', longRunning: true, say: onStderr },
  cli: { main: 'packages/local-runtime/dist/bin/cli.js', say: installationOnStderr },
  simulate: { main: 'packages/local-runtime/dist/bin/simulate.js', say: installationOnStderr },
};

const [name, ...args] = process.argv.slice(2);
const program = PROGRAMS[name];
if (!program) {
  console.error(`usage: node scripts/run.mjs <${Object.keys(PROGRAMS).join('|')}> [arguments]`);
  process.exit(64);
}
if (program.longRunning) endWithNpm();
await bootstrap(program.say);

const main = join(ROOT, program.main);
process.argv = [process.execPath, main, ...args];
process.setSourceMapsEnabled(true);
createRequire(import.meta.url)(main);
