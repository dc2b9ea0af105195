import { createRequire } from 'node:module';

/**
 * Runs a built program of ours in this very process, so that arguments, terminal, signals and exit
 * code are its own.
 *
 * @param {string} file its main module
 */
export function runProgram(file) {
  process.argv[1] = file;
  process.setSourceMapsEnabled(true);
  createRequire(import.meta.url)(file);
}
