// npm run dlq, and other commands for operators: sets up quietly, then runs the optout-sync command.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { ROOT } from './lib/root.mjs';
import { runProgram } from './lib/run-program.mjs';
import { runningSystem } from './lib/running-system.mjs';

// Its answers may be piped on, so only an install that takes a while is announced, on stderr.
await bootstrap({ say: (line) => line.includes('npm ci') && console.error(line) });

const settings = join(ROOT, '.env');
if (existsSync(settings)) process.loadEnvFile(settings);
if (!process.env.REDIS_URL) {
  const system = runningSystem(ROOT);
  if (system) Object.assign(process.env, { REDIS_URL: system.redisUrl, QUEUE_PREFIX: system.prefix });
}
runProgram(join(ROOT, 'packages/cli/dist/main.js'));
