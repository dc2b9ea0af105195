// optout-sync: runs the command on the system that runs here, unless the environment or .env names another one.
import { loadEnvFile } from '../config/env-file';
import { FOLDERS, PROGRAMS } from '../config/folders';
import { runMain } from '../process/run-main';
import { runningSystem } from '../system/run-record';
import { redisIsConfigured } from './cli-redis';
import { demoTarget, mayHaveDemoAccounts, namesOtherMachine } from './demo-target';

loadEnvFile();
if (!redisIsConfigured(process.env) && mayHaveDemoAccounts(process.argv.slice(2))) {
  const system = runningSystem(FOLDERS.run, 'redisUrl');
  if (system) {
    const { redisUrl, prefix, sandbox } = system;
    Object.assign(process.env, { REDIS_URL: redisUrl, QUEUE_PREFIX: prefix }, sandbox);
  }
}
// A message to another machine is signed with one's own account.
if (process.argv[2] === 'simulate' && !namesOtherMachine(process.argv))
  Object.assign(process.env, demoTarget(runningSystem(FOLDERS.run, 'webhookUrl')));
runMain(PROGRAMS.cli);
