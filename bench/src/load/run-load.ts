import { join } from 'node:path';
import { runProgram } from '../harness/run-program';
import type { LoadOrder, LoadReport } from './load-report';

const LOAD = join(__dirname, '../bin/load.js');

/** Lets a load program of its own do as ordered. @throws Error when any answer has another status than `expected` */
export async function runLoad(
  cores: string | undefined,
  order: LoadOrder,
  expected: number,
): Promise<LoadReport> {
  const report = (await runProgram(cores, LOAD, order)) as LoadReport;
  const unexpected = Object.keys(report.statuses).filter((status) => status !== String(expected));
  if (unexpected.length > 0) {
    throw new Error(
      `answers that should all have been ${String(expected)}: ${JSON.stringify(report.statuses)}`,
    );
  }
  return report;
}
