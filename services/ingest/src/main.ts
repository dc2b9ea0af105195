import { runService } from '@optout-sync/shared/service';
import { readConfig } from './config/config';
import { createIngest } from './service';

void runService(
  'ingest',
  () => readConfig(process.env),
  async (config, log) => {
    const ingest = createIngest(config, { log });
    await ingest.start();
    return ingest;
  },
);
