export { Held } from './held';
export { CHECK_CONFIG, SHUTDOWN_DEADLINE_MS, runService, type Service } from './run-service';
