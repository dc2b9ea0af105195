// npm run dlq and the other commands for operators: runs the optout-sync command on the system that runs here, unless the
// environment or .env names another one.
import { CONFIG_EXIT_CODE } from '@optout-sync/shared/config';
import { loadEnvFile } from '../config/env-file';
import { FOLDERS, PROGRAMS } from '../config/folders';
import { runMain } from '../process/run-main';
import { runningSystem } from '../system/run-record';
import { needsRedis, redisIsConfigured } from './cli-redis';

loadEnvFile();
if (!redisIsConfigured(process.env)) {
  const system = runningSystem(FOLDERS.run, 'redisUrl');
  if (system) {
    const { redisUrl, prefix, sandbox } = system;
    Object.assign(process.env, { REDIS_URL: redisUrl, QUEUE_PREFIX: prefix }, sandbox);
  }
}
if (needsRedis(process.argv.slice(2)) && !redisIsConfigured(process.env)) {
  process.stderr.write('no system runs here: start one with `npm start`, or set REDIS_URL\n');
  process.exit(CONFIG_EXIT_CODE);
}
runMain(PROGRAMS.cli);
