import { join } from 'node:path';
import { OwnedProcess, inheritedEnv } from '@optout-sync/testkit';
import { pinned } from '../harness/cores';
import type { LoadOrder, LoadReport } from './load-report';

const LOAD = join(__dirname, '../bin/load.js');

/** Lets a load program of its own do as ordered. @throws Error when any answer has another status than `expected` */
export async function runLoad(
  cores: string | undefined,
  order: LoadOrder,
  expected: number,
): Promise<LoadReport> {
  const [command = '', ...args] = pinned(cores, [process.execPath, LOAD, JSON.stringify(order)]);
  const load = await OwnedProcess.start({ command, args, env: inheritedEnv() });
  const { code } = await load.exited;
  const last = load.logs().at(-1) ?? '';
  if (code !== 0) throw new Error(`the load ended with ${String(code)}: ${load.logs().join('\n')}`);
  const report = JSON.parse(last) as LoadReport;
  const unexpected = Object.keys(report.statuses).filter((status) => status !== String(expected));
  if (unexpected.length > 0) {
    throw new Error(
      `answers that should all have been ${String(expected)}: ${JSON.stringify(report.statuses)}`,
    );
  }
  return report;
}
