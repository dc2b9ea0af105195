import { runService } from '@optout-sync/shared/service';
import { readConfig } from './config/config';
import { Worker } from './service';

void runService(
  'worker',
  () => readConfig(process.env),
  async (config, log) => {
    const worker = Worker.create(config, { log });
    await worker.start();
    return worker;
  },
);
