import { join } from 'node:path';
import { TWILIO_ACCOUNT_SID } from '@optout-sync/twilio-simulator';
import { AUTH_TOKEN, PUBLIC_URL } from '../load/twilio-requests';
import type { Sandbox } from './sandbox';
import { answersOk, startProgram, type Program } from '../process/program';

const SERVICES = join(__dirname, '../../../services');

/** The settings of a service; every other setting has its default. */
interface ServiceOptions {
  readonly cores: string | undefined;
  readonly redisUrl: string;
  readonly prefix: string;
  readonly nodeArgs?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
}

const TWILIO = { PUBLIC_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: AUTH_TOKEN };

/** Starts ingest in the form in which it is deployed. */
export function startIngest(options: ServiceOptions): Promise<Program> {
  return start('ingest', options, (port, adminPort) => ({
    ...TWILIO,
    INGEST_PORT: String(port),
    INGEST_ADMIN_PORT: String(adminPort),
  }));
}

/** Starts a worker in the form in which it is deployed, against a sandbox. */
export function startWorker(options: ServiceOptions & { readonly sandbox: Sandbox }): Promise<Program> {
  const { url, access } = options.sandbox;
  return start('worker', options, (_, adminPort) => ({
    ...TWILIO,
    CUSTOMERIO_SITE_ID: access.siteId,
    CUSTOMERIO_TRACK_API_KEY: access.trackApiKey,
    CUSTOMERIO_APP_API_KEY: access.appApiKey,
    CUSTOMERIO_APP_URL: url,
    CUSTOMERIO_TRACK_URL: url,
    WORKER_ADMIN_PORT: String(adminPort),
  }));
}

function start(
  name: string,
  { cores, redisUrl, prefix, nodeArgs = [], settings = {} }: ServiceOptions,
  env: (port: number, adminPort: number) => Record<string, string>,
): Promise<Program> {
  return startProgram({
    name,
    file: join(SERVICES, name, 'dist/main.js'),
    cores,
    nodeArgs,
    env: (port, adminPort) => ({
      REDIS_URL: redisUrl,
      QUEUE_PREFIX: prefix,
      ...env(port, adminPort),
      ...settings,
    }),
    isReady: (_, adminPort) => answersOk(`http://127.0.0.1:${String(adminPort)}/readyz`),
  });
}
