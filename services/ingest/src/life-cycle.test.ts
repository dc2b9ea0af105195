import { createLogger } from '@optout-sync/shared/service';
import { TWILIO_ACCOUNT_SID } from '@optout-sync/twilio-simulator';
import { readIngestConfig } from '@optout-sync/shared/config';
import { Ingest } from './service';
import { TOKEN } from './test-support/keys';

test('an ingest that was stopped before it started does not start', async () => {
  const config = readIngestConfig({
    REDIS_URL: 'redis://127.0.0.1:9',
    INGEST_PORT: '0',
    INGEST_ADMIN_PORT: '0',
    TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: TOKEN,
  });
  const ingest = Ingest.create(config, { log: createLogger({ service: 'ingest', level: 'silent' }) });
  await ingest.stop();
  await expect(ingest.start()).rejects.toThrow('does not start');
  await ingest.stop();
});
