import { join } from 'node:path';

const root = join(__dirname, '../../..');
const data = join(root, 'data');

/** Where things stand in a checkout. */
export const FOLDERS = {
  root,
  data,
  logs: join(data, 'logs'),
  run: join(data, 'run'),
  redis: join(data, 'redis'),
} as const;

/** The built programs that make up the system. */
export const PROGRAMS = {
  ingest: join(root, 'services/ingest/dist/main.js'),
  worker: join(root, 'services/worker/dist/main.js'),
  sandbox: join(root, 'packages/customerio-sandbox/dist/main.js'),
} as const;
