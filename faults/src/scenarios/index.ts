import type { Scenario } from '../scenario';
import { clockRows } from './clock';
import { customerIoRows } from './customerio';
import { halfOpenRows } from './half-open';
import { ingestRows } from './ingest';
import { redisRows } from './redis';
import { rollingRow } from './rolling';
import { soakRow } from './soak';
import { workerRows } from './worker';

/** In the order they run and are printed. */
export const SCENARIOS: readonly Scenario[] = [
  ...halfOpenRows,
  ...redisRows,
  ...ingestRows,
  ...workerRows,
  rollingRow,
  ...customerIoRows,
  ...clockRows,
  soakRow,
];
