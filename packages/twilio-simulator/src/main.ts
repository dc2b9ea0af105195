import { runSimulator } from './commands/run-simulator';

// Whoever reads along, `head` for one, may stop reading.
process.stdout.on('error', () => process.exit());

void runSimulator(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
}).then((code) => {
  process.exitCode = code;
});
