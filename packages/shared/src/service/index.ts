export { listen, startAdminServer } from './admin-server';
export { Disposer } from './disposer';
export { DurabilityWatch } from './durability-watch';
export { createLogger, type Logger } from './logger';
export { configurationOf, deadLettersTotal, metricsOf, type MetricDefinition } from './metric-definitions';
export { createRegistry, registerQueueGauges } from './metrics';
export { neverThrowing } from './never-throwing';
export { CHECK_CONFIG, runService, type Service } from './run-service';
export { TimeoutError, throttle, withTimeout } from './timing';
