#!/usr/bin/env node

// The optout-sync command of this checkout, by `npx optout-sync` or after `npm link`. It sets itself up first and says so on
// standard error only.
import { runProgram } from './run-program.mjs';

await runProgram('cli', process.argv.slice(2), { helpInstalls: true });
