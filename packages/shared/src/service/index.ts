export {
  ActivityStore,
  reportActivity,
  type Activity,
  type Instance,
  type MinuteOfActivity,
} from './activity';
export { startAdminServer } from './admin-server';
export { compileAddressOf, type AddressOf } from './client-address';
export { registerDeadLetterGauges } from './dead-letter-gauges';
export { capConnections, CLOSED_REASONS, type ClosedReason } from './connection-cap';
export { registerConfigInfo } from './config-info';
export { descriptorLimit } from './descriptor-limit';
export { Disposer } from './disposer';
export { enqueueCounters } from './enqueue-metrics';
export { DurabilityWatch } from './durability-watch';
export { registerLastSuccess, storeSuccess } from './last-success';
export { HTTP_TIME_LIMITS, listen, type ListenOptions } from './listen';
export { createLogger, type Logger } from './logger';
export {
  configurationOf,
  deadLettersTotal,
  metricsOf,
  streamMetricsOf,
  type MetricDefinition,
} from './metric-definitions';
export { neverThrowing } from './never-throwing';
export { makeOwnFilesPrivate, makePrivateFolder } from './private-folder';
export { registerQueueGauges } from './queue-gauges';
export { gaugesReadAtScrape } from './read-at-scrape';
export { RedisHealth } from './redis-health';
export { RedisOutage } from './redis-outage';
export { createRegistry } from './registry';
export { RELEASE } from './release';
export { registerReplayGauges } from './replay-gauges';
export { CHECK_CONFIG, runService, type Service } from './run-service';
export { TimeoutError, throttle, withTimeout } from './timing';
export { warnOfClock } from './warn-of-clock';
