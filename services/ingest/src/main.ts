import { readIngestConfig } from '@optout-sync/shared/config';
import { runService } from '@optout-sync/shared/service';
import { Ingest } from './service';

void runService(
  'ingest',
  () => readIngestConfig(process.env),
  async (config, log) => {
    const ingest = Ingest.create(config, { log });
    await ingest.start();
    return ingest;
  },
);
