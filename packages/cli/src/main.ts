#!/usr/bin/env node

import { runCli } from './run-cli';

// A reader such as `head` closes the pipe early. That is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  ...(process.stderr.isTTY && { progress: process.stderr }),
}).then((code) => {
  process.exitCode = code;
});
