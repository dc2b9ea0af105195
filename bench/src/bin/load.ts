import { closedLoop } from '../load/closed-loop';
import type { LoadOptions } from '../load/load';
import { openLoop } from '../load/open-loop';
import { readPool } from '../load/pool';

/** Runs the load of one measurement. Takes its options as JSON and prints its report as JSON. */
async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '') as LoadOptions;
  const pool = await readPool(options.pool);
  const { perSecond } = options;
  const report = await (perSecond === undefined
    ? closedLoop(options, pool)
    : openLoop({ ...options, perSecond }, pool));
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

void main();
