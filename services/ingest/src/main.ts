import { runService } from '@optout-sync/shared/service';
import { readConfig } from './config/config';
import { Ingest } from './service';

void runService(
  'ingest',
  () => readConfig(process.env),
  async (config, log) => {
    const ingest = Ingest.create(config, { log });
    await ingest.start();
    return ingest;
  },
);
