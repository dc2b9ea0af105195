export { readConfig, type WorkerConfig } from './config/config';
export { startWorker, type WorkerService } from './service';
