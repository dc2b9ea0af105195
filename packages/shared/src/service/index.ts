export { listen, startAdminServer } from './admin-server';
export { Disposer } from './disposer';
export { DurabilityWatch } from './durability-watch';
export { createLogger, type Logger } from './logger';
export {
  DEAD_LETTERS_TOTAL,
  configurationOf,
  metricsOf,
  type MetricDefinition,
} from './metric-definitions';
export { createRegistry, registerQueueGauges } from './metrics';
export { CHECK_CONFIG, runService, type Service } from './run-service';
export { throttle, withTimeout } from './timing';
