import { createRequire } from 'node:module';

/**
 * Runs another program's main module in this very process, so that arguments, terminal, signals and exit code are that
 * program's own.
 */
export function runMain(file: string): void {
  process.argv[1] = file;
  createRequire(__filename)(file);
}
