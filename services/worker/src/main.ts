import { runService } from '@optout-sync/shared/service';
import { readConfig } from './config/config';
import { createWorker } from './service';

void runService(
  'worker',
  () => readConfig(process.env),
  async (config, log) => {
    const worker = createWorker(config, { log });
    await worker.start();
    return worker;
  },
);
