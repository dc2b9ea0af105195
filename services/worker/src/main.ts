import { readWorkerConfig, removedVariableWarnings } from '@optout-sync/shared/config';
import { runService } from '@optout-sync/shared/service';
import { Worker } from './service';

void runService(
  'worker',
  () => readWorkerConfig(process.env),
  async (config, log) => {
    for (const warning of removedVariableWarnings(process.env))
      log.warn({ code: 'variable_removed' }, warning);
    const worker = Worker.create(config, { log });
    await worker.start();
    return worker;
  },
);
