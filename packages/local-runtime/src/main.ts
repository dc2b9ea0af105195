import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HELP, parseArguments, type Arguments } from './arguments';
import { FOLDERS } from './folders';
import { runLauncher } from './run-launcher';
import { stopSignal } from './stop-signals';

const USAGE_EXIT_CODE = 64;

async function main(): Promise<number> {
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
  const settings = join(FOLDERS.root, '.env');
  if (existsSync(settings)) process.loadEnvFile(settings);
  // Our children and scratch folders go with us, whatever they are doing.
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
