import { runSimulator } from './commands/run-simulator';

// A reader of a pipe, for example `head`, may close it early.
process.stdout.on('error', () => process.exit());

void runSimulator(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
}).then((code) => {
  process.exitCode = code;
});
