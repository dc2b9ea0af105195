import { runService } from '@optout-sync/shared/service';
import { readConfig } from './config/config';
import { startWorker } from './service';

void runService('worker', () => readConfig(process.env), startWorker);
