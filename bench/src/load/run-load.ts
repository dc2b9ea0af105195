import { join } from 'node:path';
import { runProgram } from '../process/run-program';
import type { LoadOptions, LoadReport } from './load';

const LOAD = join(__dirname, '../bin/load.js');

/**
 * Runs a load in its own process.
 *
 * @throws {Error} when a response has a status other than `expected`
 */
export async function runLoad(
  cores: string | undefined,
  options: LoadOptions,
  expected: number,
): Promise<LoadReport> {
  const report = (await runProgram(cores, LOAD, options)) as LoadReport;
  const unexpected = Object.keys(report.statuses).filter((status) => status !== String(expected));
  if (unexpected.length > 0) {
    throw new Error(`expected only status ${String(expected)}, got ${JSON.stringify(report.statuses)}`);
  }
  return report;
}
