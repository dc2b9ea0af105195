#!/usr/bin/env node

import { constants } from 'node:os';
import { showsColors } from './frame/colors';
import { runCli } from './run-cli';

const { env, stdin, stdout, stderr } = process;

// A reader such as `head` closes the pipe early. That is not an error.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

/** A progress bar hides the cursor; a command that is ended has no time to show it again. */
const showCursor = (): boolean => stderr.isTTY && stderr.write('\u001b[?25h');

// The first Ctrl-C asks the command to stop, a second one ends it at once.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) {
      showCursor();
      process.exit(128 + constants.signals[signal]);
    }
    stop.abort();
  });
}

/** Home, and everything below it. */
const clear = (): boolean => stdout.write('\u001b[H\u001b[J');

void runCli(process.argv.slice(2), {
  env,
  out: (text) => stdout.write(`${text}\n`),
  error: (text) => stderr.write(`${text}\n`),
  ...(stdout.isTTY && { columns: stdout.columns, clear }),
  color: showsColors(env, stdout.isTTY),
  ...(stderr.isTTY && { progress: stderr }),
  // Questions go to standard error, as everything that is no result.
  ...(stdin.isTTY && stderr.isTTY && { prompt: { input: stdin, output: stderr } }),
  stop: stop.signal,
}).then((code) => {
  process.exitCode = code;
  // What the command has not closed must not keep it alive.
  if (stop.signal.aborted) {
    showCursor();
    process.exit();
  }
});
