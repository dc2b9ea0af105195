import { join } from 'node:path';

const root = join(__dirname, '../../../..');
const data = join(root, 'data');

/** Folders of this checkout. */
export const FOLDERS = {
  root,
  data,
  logs: join(data, 'logs'),
  run: join(data, 'run'),
  redis: join(data, 'redis'),
  prometheus: join(data, 'prometheus'),
} as const;

/** The built programs of this checkout. */
export const PROGRAMS = {
  ingest: join(root, 'services/ingest/dist/main.js'),
  worker: join(root, 'services/worker/dist/main.js'),
  console: join(root, 'services/console/dist/main.js'),
  sandbox: join(root, 'packages/customerio-sandbox/dist/main.js'),
  twilioApi: join(root, 'packages/twilio-simulator/dist/rest-api/main.js'),
  cli: join(root, 'packages/cli/dist/main.js'),
  jest: join(root, 'node_modules/jest/bin/jest.js'),
  /** Installs and builds what is missing, then runs one of the others. */
  runner: join(root, 'scripts/run.mjs'),
} as const;
