import { readWorkerConfig } from '@optout-sync/shared/config';
import { runService } from '@optout-sync/shared/service';
import { Worker } from './service';

void runService(
  'worker',
  () => readWorkerConfig(process.env),
  async (config, log) => {
    const worker = Worker.create(config, { log });
    await worker.start();
    return worker;
  },
);
