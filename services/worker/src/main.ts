import { removedVariableWarnings } from '@optout-sync/shared/config';
import { runService } from '@optout-sync/shared/service';
import { readConfig } from './config/config';
import { Worker } from './service';

void runService(
  'worker',
  () => readConfig(process.env),
  async (config, log) => {
    for (const warning of removedVariableWarnings(process.env))
      log.warn({ code: 'variable_removed' }, warning);
    const worker = Worker.create(config, { log });
    await worker.start();
    return worker;
  },
);
