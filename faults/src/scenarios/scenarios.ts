import type { Scenario } from '../runner/scenario';
import { clockScenarios } from './clock';
import { customerIoScenarios } from './customerio';
import { ingestScenarios } from './ingest';
import { networkScenarios } from './network';
import { profileScenarios } from './profiles';
import { redisScenarios } from './redis';
import { rollingRestarts } from './rolling-restarts';
import { soak } from './soak';
import { workerScenarios } from './worker';

/** In the order in which they run and are printed. */
export const SCENARIOS: readonly Scenario[] = [
  ...networkScenarios,
  ...redisScenarios,
  ...ingestScenarios,
  ...workerScenarios,
  ...profileScenarios,
  rollingRestarts,
  ...customerIoScenarios,
  ...clockScenarios,
  soak,
];
