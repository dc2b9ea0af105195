export { Held } from './held';
export { SHUTDOWN_DEADLINE_MS, runService, type Service } from './run-service';
