import { join } from 'node:path';
import { TWILIO_ACCOUNT_SID } from '@optout-sync/testkit';
import { AUTH_TOKEN, PUBLIC_URL } from '../load/twilio-requests';
import { startProgram, type Program } from './program';

const SERVICES = join(__dirname, '../../../services');

/** Ingest as it is deployed, with every setting at its default. */
export function startIngest(options: {
  readonly cores: string | undefined;
  readonly redisUrl: string;
  readonly prefix: string;
  readonly nodeArgs?: readonly string[];
}): Promise<Program> {
  const { cores, redisUrl, prefix, nodeArgs = [] } = options;
  return startProgram({
    name: 'ingest',
    file: join(SERVICES, 'ingest/dist/main.js'),
    cores,
    nodeArgs,
    env: (port, adminPort) => ({
      REDIS_URL: redisUrl,
      QUEUE_PREFIX: prefix,
      PUBLIC_URL,
      TWILIO_ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      INGEST_PORT: String(port),
      INGEST_ADMIN_PORT: String(adminPort),
    }),
    readyUrl: (_, adminPort) => `http://127.0.0.1:${String(adminPort)}/readyz`,
  });
}
