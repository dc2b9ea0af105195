// Runs one of our programs: installs and builds what is missing, then runs it in this very process, so that arguments,
// terminal, signals and exit code are the program's own.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { USAGE as BENCH_HELP } from '../bench/src/usage.js';
import { USAGE as FAULTS_HELP } from '../faults/src/usage.js';
import { HELP } from '../packages/local-runtime/src/launcher/help.js';
import { ROOT, bootstrap, isInstalled } from './bootstrap/bootstrap.mjs';
import { endWithNpm } from './bootstrap/end-with-npm.mjs';

const { stdout, stderr } = process;

/**
 * `longRunning`: the program ends when npm ends. `withTests`: it needs the packages for tests. `output`: where the set-up
 * says what it does; standard output may be piped on. `help`: what `--help` prints without packages; of the programs with
 * `ownHelp` only until these are installed.
 */
export const PROGRAMS = {
  start: { main: localRuntime('start'), longRunning: true, output: stdout, help: HELP },
  dev: {
    main: localRuntime('dev'),
    longRunning: true,
    output: stdout,
    help: `npm run dev: runs the demo, and again whenever a source changes. Options: those of npm start.\n\n${HELP}`,
  },
  test: {
    main: localRuntime('test'),
    longRunning: true,
    withTests: true,
    output: stdout,
    help: 'npm test [-- options]: runs all tests, on a real Redis. Options: those of jest, such as a path or -t <name>,\nand --no-install. TEST_REDIS_URL names a Redis to use.\n',
  },
  faults: {
    main: 'faults/dist/main.js',
    longRunning: true,
    withTests: true,
    output: stdout,
    help: FAULTS_HELP,
  },
  bench: {
    main: 'bench/dist/main.js',
    longRunning: true,
    withTests: true,
    output: stderr,
    help: BENCH_HELP,
  },
  preview: {
    main: 'e2e/dist/dashboards/preview/main.js',
    longRunning: true,
    withTests: true,
    output: stderr,
    help: 'npm run dashboards:preview: draws the dashboards from real data, see docs/dashboards.md.\n',
    ownHelp: true,
  },
  cli: {
    main: localRuntime('cli'),
    output: stderr,
    help: 'optout-sync (npm run dlq|optouts|review|backfill|audit-trail|config:check|simulate): the commands for operators, see docs/cli.md.\n',
    ownHelp: true,
  },
};

const NO_INSTALL = '--no-install';

/**
 * @param {string} name one of PROGRAMS
 * @param {string[]} given its arguments
 * @param {object} options
 * @param {boolean} options.helpInstalls whether `--help` installs what is missing. It prints a short text otherwise.
 */
export async function runProgram(name, given, { helpInstalls = false } = {}) {
  const program = PROGRAMS[name];
  const asksForHelp = given.some((word) => word === '--help' || word === '-h');
  if (asksForHelp && !(program.ownHelp && (helpInstalls || isInstalled()))) {
    const more = program.ownHelp
      ? 'Its options are shown once packages are installed, as npm start does.\n'
      : '';
    stdout.write(program.help + more);
    process.exit(0);
  }
  const mayInstall = !given.includes(NO_INSTALL);
  // The launcher knows the option; the tests' set-up reads the variable.
  const args = name === 'start' || name === 'dev' ? given : given.filter((word) => word !== NO_INSTALL);
  if (!mayInstall) process.env.NO_INSTALL = 'true';

  if (program.longRunning) endWithNpm();
  await bootstrap({ output: program.output, withTests: program.withTests ?? false, mayInstall });

  const main = join(ROOT, program.main);
  process.argv = [process.execPath, main, ...args];
  process.setSourceMapsEnabled(true);
  createRequire(import.meta.url)(main);
}

function localRuntime(program) {
  return `packages/local-runtime/dist/bin/${program}.js`;
}
