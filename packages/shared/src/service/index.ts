export { startAdminServer } from './admin-server';
export { capConnections, CLOSED_REASONS, type ClosedReason } from './connection-cap';
export { descriptorLimit } from './descriptor-limit';
export { Disposer } from './disposer';
export { DurabilityWatch } from './durability-watch';
export { HTTP_TIME_LIMITS, listen, type ListenOptions } from './listen';
export { createLogger, type Logger } from './logger';
export {
  configurationOf,
  deadLettersTotal,
  metricsOf,
  streamMetricsOf,
  type MetricDefinition,
} from './metric-definitions';
export { createRegistry, registerQueueGauges } from './metrics';
export { neverThrowing } from './never-throwing';
export { makeOwnFilesPrivate, makePrivateFolder } from './private-folder';
export { CHECK_CONFIG, runService, type Service } from './run-service';
export { TimeoutError, throttle, withTimeout } from './timing';
