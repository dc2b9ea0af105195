import type { Scenario } from '../runner/scenario';
import { clockScenarios } from './clock';
import { consentScenarios } from './consents';
import { customerIoScenarios } from './customerio';
import { deadLetterScenario } from './dead-letters';
import { gatewayScenarios } from './gateway';
import { ingestScenarios } from './ingest';
import { logScenario } from './logs';
import { messageLogScenario } from './message-log';
import { networkScenarios } from './network';
import { profileScenarios } from './profiles';
import { redisOperatorScenarios } from './redis-operator';
import { redisScenarios } from './redis';
import { rollingRestarts } from './rolling-restarts';
import { spoolScenarios } from './spool';
import { soak } from './soak';
import { workerScenarios } from './worker';

/** In the order in which they run and are printed. */
export const SCENARIOS: readonly Scenario[] = [
  ...networkScenarios,
  ...redisScenarios,
  ...redisOperatorScenarios,
  ...ingestScenarios,
  ...spoolScenarios,
  ...workerScenarios,
  ...profileScenarios,
  rollingRestarts,
  ...customerIoScenarios,
  ...gatewayScenarios,
  ...consentScenarios,
  messageLogScenario,
  deadLetterScenario,
  logScenario,
  ...clockScenarios,
  soak,
];
