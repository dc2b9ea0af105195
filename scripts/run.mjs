// node scripts/run.mjs <program> [arguments]: installs and builds what is missing, then runs one of our programs. `--help`
// installs nothing, and with `--no-install` nothing else does.
import { PROGRAMS, runProgram } from './run-program.mjs';

const [name, ...given] = process.argv.slice(2);
if (!PROGRAMS[name]) {
  console.error(`usage: node scripts/run.mjs <${Object.keys(PROGRAMS).join('|')}> [arguments]`);
  process.exit(64);
}
await runProgram(name, given);
