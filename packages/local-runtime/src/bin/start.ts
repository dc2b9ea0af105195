// npm start: runs the whole system on this machine until Ctrl-C.
import { loadEnvFile } from '../config/env-file';
import { parseArguments, type Arguments } from '../launcher/arguments';
import { HELP } from '../launcher/help';
import { runLauncher } from '../launcher/run-launcher';
import { stopSignal } from '../process/stop-signal';

const USAGE_EXIT_CODE = 64;

async function main(): Promise<number> {
  // Redis, the spool, logs and records hold phone numbers and passwords: their owner alone may read them.
  process.umask(0o077);
  let args: Arguments;
  try {
    args = parseArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return USAGE_EXIT_CODE;
  }
  if (args.help) {
    process.stdout.write(HELP);
    return 0;
  }
  loadEnvFile();
  // On a forced exit, children and scratch folders are removed with this process.
  const interrupted = stopSignal(() => process.exit(1));
  return runLauncher(args, process.env, interrupted);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
