export { listen, startAdminServer } from './admin-server';
export { Held } from './disposer';
export { DurabilityWatch } from './durability-watch';
export { createLogger, type Logger } from './logger';
export { createRegistry, registerQueueGauges } from './metrics';
export { CHECK_CONFIG, runService, type Service } from './run-service';
export { seldom, within } from './timing';
