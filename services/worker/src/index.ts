export { readConfig, type WorkerConfig, type WorkspaceConfig } from './config/config';
export { startWorker, type WorkerService } from './service';
