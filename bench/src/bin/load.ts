import { closedLoop } from '../load/closed-loop';
import type { LoadOrder } from '../load/load-report';
import { openLoop } from '../load/open-loop';
import { readPool } from '../load/pool';

/** The load of one measurement, in a process of its own. Takes its order as JSON and prints its report as JSON. */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
  const pool = await readPool(order.pool);
  const { perSecond } = order;
  const report = await (perSecond === undefined
    ? closedLoop(order, pool)
    : openLoop({ ...order, perSecond }, pool));
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

void main();
